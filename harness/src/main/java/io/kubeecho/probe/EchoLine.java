package io.kubeecho.probe;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The line that an echo pod answers, as amsy810/echo-nginx defined it.
 *
 * @param host the requested host, without its port
 * @param path path and query as sent
 * @param from the name of the pod that answered
 * @param clientIp the address that the pod saw as its TCP peer
 * @param xff X-Forwarded-For as received, empty if absent
 */
public record EchoLine(String host, String path, String from, String clientIp, String xff) {

    // a path may contain spaces, so it takes what the fields after it leave
    private static final Pattern LINE = Pattern.compile(
            "Host=(?<host>\\S*)  Path=(?<path>.*)  From=(?<from>\\S+)  ClientIP=(?<client>\\S+)  XFF=(?<xff>.*)");

    /** @return empty when the answer is not such a line: something else answered */
    public static Optional<EchoLine> parse(String answer) {
        Matcher m = LINE.matcher(answer);
        return m.matches()
                ? Optional.of(new EchoLine(
                        m.group("host"), m.group("path"), m.group("from"), m.group("client"), m.group("xff")))
                : Optional.empty();
    }
}
