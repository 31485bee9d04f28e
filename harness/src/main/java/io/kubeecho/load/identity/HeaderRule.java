package io.kubeecho.load.identity;

import java.util.Optional;

/** A header names the pod. */
record HeaderRule(String name) implements IdentityRule {

    @Override
    public Optional<Identity> read(String body, String header) {
        return header.isBlank() ? Optional.empty() : Optional.of(new Identity(header.strip(), ""));
    }

    @Override
    public Optional<String> header() {
        return Optional.of(name);
    }
}
