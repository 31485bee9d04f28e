package io.kubeecho.load.identity;

import java.util.Optional;

/** The client's address and port, and nothing else. */
final class ClientIpRule implements IdentityRule {

    @Override
    public Optional<Identity> read(String body, String header) {
        String text = body.strip();
        return Addresses.isWithPort(text)
                ? Optional.of(new Identity("", Addresses.withoutPort(text)))
                : Optional.empty();
    }
}
