package io.kubeecho.load.identity;

import java.util.List;
import java.util.Optional;

/** A line that gives the host's name, and perhaps one that gives the client's address. */
final class NamedLinesRule implements IdentityRule {

    private static final List<String> POD = List.of("hostname", "server name", "pod name");
    private static final List<String> CLIENT = List.of("remoteaddr", "remote address");

    /** Of Google's echoserver, which writes {@code client_address=}. */
    private static final List<String> CLIENT_ASSIGNED = List.of("client_address");

    @Override
    public Optional<Identity> read(String body, String header) {
        return value(body, POD, ':')
                .map(pod -> new Identity(
                        pod,
                        value(body, CLIENT, ':')
                                .or(() -> value(body, CLIENT_ASSIGNED, '='))
                                .map(Addresses::withoutPort)
                                .orElse("")));
    }

    /** Of the first line of such a name, where it is one word. */
    private static Optional<String> value(String body, List<String> names, char sign) {
        return body.lines()
                .flatMap(line -> names.stream().flatMap(name -> value(line.strip(), name, sign).stream()))
                .findFirst();
    }

    private static Optional<String> value(String line, String name, char sign) {
        if (!line.regionMatches(true, 0, name, 0, name.length())) {
            return Optional.empty();
        }
        String rest = line.substring(name.length()).stripLeading();
        if (rest.isEmpty() || rest.charAt(0) != sign) {
            return Optional.empty();
        }
        String value = rest.substring(1).strip();
        return value.isEmpty() || value.chars().anyMatch(Character::isWhitespace)
                ? Optional.empty()
                : Optional.of(value);
    }
}
