package io.kubeecho.load.identity;

import io.kubeecho.probe.EchoLine;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads who answered from an answer of one kind of backend. */
public interface IdentityRule {

    /**
     * @param body the answer's body as text, at most its first 16 KiB
     * @param header the value of {@link #header()}, empty if the answer has none
     * @return empty if this is not an answer of that kind
     */
    Optional<Identity> read(String body, String header);

    /** The lower-case name of the header that it reads; empty where it reads the body. */
    default Optional<String> header() {
        return Optional.empty();
    }

    /** Looks at nothing: no pod is told from another. */
    IdentityRule NONE = (body, header) -> Optional.empty();

    /** The first of all known kinds that fits. */
    static IdentityRule auto() {
        return (body, header) -> Arrays.stream(Known.values())
                .flatMap(known -> known.rule.read(body, header).stream())
                .findFirst();
    }

    /**
     * Reads a rule as it is written on the command line: {@code auto}, {@code none}, the name of a {@link Known} kind,
     * {@code header:NAME} or {@code regex:EXPRESSION}, in which the groups {@code pod} and {@code client}, or else the
     * first group, or else the whole match, are taken.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static IdentityRule of(String text) {
        if (text.equals("auto")) {
            return auto();
        }
        if (text.equals("none")) {
            return NONE;
        }
        if (text.startsWith("header:") && text.length() > "header:".length()) {
            return new HeaderRule(text.substring("header:".length()).toLowerCase(Locale.ROOT));
        }
        if (text.startsWith("regex:") && text.length() > "regex:".length()) {
            return RegexRule.of(text.substring("regex:".length()));
        }
        return Arrays.stream(Known.values())
                .filter(known -> known.text().equals(text))
                .map(known -> known.rule)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown identity '" + text + "'; there is auto, none, "
                        + String.join(", ", Known.texts()) + ", header:NAME and regex:EXPRESSION"));
    }

    /** The kinds of backends whose answers are understood, the most telling first. */
    enum Known {
        /** The line of echo-nginx and of our echo server. */
        ECHO_LINE(
                (body, header) -> EchoLine.parse(body.stripTrailing()).map(l -> new Identity(l.from(), l.clientIp()))),
        /** A JSON object that names a pod or host: ours and those of other echo servers. */
        JSON(new JsonRule()),
        /** Lines of {@code Name: value}: traefik/whoami, Google's hello-app and echoserver, nginxdemos/hello. */
        WHOAMI(new NamedLinesRule()),
        /** {@code address:port}: agnhost netexec {@code /clientip}, which tells the address and not the pod. */
        AGNHOST_CLIENTIP(new ClientIpRule()),
        /** Nothing but a host name: agnhost netexec {@code /hostname} and serve-hostname. */
        AGNHOST_HOSTNAME(new HostNameRule());

        @SuppressWarnings("ImmutableEnumChecker") // the rules hold nothing that changes
        private final IdentityRule rule;

        Known(IdentityRule rule) {
            this.rule = rule;
        }

        /** As on the command line. */
        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static List<String> texts() {
            return Arrays.stream(values()).map(Known::text).toList();
        }
    }
}
