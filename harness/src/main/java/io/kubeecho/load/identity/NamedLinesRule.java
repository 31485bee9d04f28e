package io.kubeecho.load.identity;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A line that gives the host's name, and perhaps one that gives the client's address. */
final class NamedLinesRule implements IdentityRule {

    private static final Pattern POD =
            Pattern.compile("(?mi)^\\s*(?:hostname|server name|pod name)\\s*:\\s*(\\S+)\\s*$");
    private static final Pattern CLIENT =
            Pattern.compile("(?mi)^\\s*(?:remoteaddr\\s*:|client_address\\s*=|remote address\\s*:)\\s*(\\S+)\\s*$");

    @Override
    public Optional<Identity> read(String body, String header) {
        Matcher pod = POD.matcher(body);
        if (!pod.find()) {
            return Optional.empty();
        }
        Matcher client = CLIENT.matcher(body);
        return Optional.of(new Identity(pod.group(1), client.find() ? Addresses.withoutPort(client.group(1)) : ""));
    }
}
