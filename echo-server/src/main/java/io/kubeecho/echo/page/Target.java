package io.kubeecho.echo.page;

import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something the page may connect to. Only a setting makes one: who looks at the page chooses none, so that the page is not
 * a client for whoever reaches it.
 *
 * @param label what the audience reads, 1 to {@value #LONGEST_LABEL} characters
 * @param host an address, or a name that the pod's resolver knows
 * @param port 1 to 65535
 */
public record Target(String label, String host, int port) {

    /** As many rows as a projector shows at once. */
    public static final int MOST = 8;

    static final int LONGEST_LABEL = 40;

    private static final int DEFAULT_PORT = 80;
    private static final int LAST_PORT = 65_535;
    private static final Pattern FORM = Pattern.compile(
            "(?:(?<label>[^=]*)=\\s*)?(?:\\[(?<six>[0-9A-Fa-f:.]+)]|(?<host>[A-Za-z0-9._-]+))(?::(?<port>\\d{1,5}))?");

    public Target {
        if (label.isEmpty() || label.length() > LONGEST_LABEL) {
            throw new IllegalArgumentException(
                    "a label has 1 to " + LONGEST_LABEL + " characters, not " + label.length());
        }
        if (port < 1 || port > LAST_PORT) {
            throw new IllegalArgumentException("a port is 1 to " + LAST_PORT + ", not " + port);
        }
    }

    /**
     * The targets of a setting.
     *
     * @param setting {@code label=host:port} with commas between them; without a label the address is the label, without a
     *     port it is 80
     * @throws IllegalArgumentException saying which part is wrong
     */
    public static List<Target> list(String setting) {
        List<Target> targets = new ArrayList<>();
        for (String part : Arrays.asList(setting.split(",", -1))) {
            Target target = of(part.strip());
            if (targets.stream().anyMatch(other -> other.label().equals(target.label()))) {
                throw new IllegalArgumentException("two targets are called '" + target.label() + "'");
            }
            targets.add(target);
        }
        if (targets.size() > MOST) {
            throw new IllegalArgumentException("there are at most " + MOST + " targets, not " + targets.size());
        }
        return List.copyOf(targets);
    }

    /** As it is set. */
    public String text() {
        return label + "=" + address();
    }

    /** Host and port, as in a URL. */
    String address() {
        return address(host, port);
    }

    private static String address(String host, int port) {
        return (NetUtil.isValidIpV6Address(host) ? "[" + host + "]" : host) + ":" + port;
    }

    private static Target of(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no target; write label=host:port");
        }
        String six = form.group("six");
        if (six != null && !NetUtil.isValidIpV6Address(six)) {
            throw new IllegalArgumentException("'" + six + "' is no IPv6 address");
        }
        String host = six == null ? form.group("host") : six;
        String port = form.group("port");
        String label = form.group("label");
        int number = port == null ? DEFAULT_PORT : Integer.parseInt(port);
        return new Target(label == null ? address(host, number) : label.strip(), host, number);
    }
}
