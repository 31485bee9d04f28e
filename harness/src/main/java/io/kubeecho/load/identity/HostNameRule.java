package io.kubeecho.load.identity;

import java.util.Optional;
import java.util.regex.Pattern;

/** A DNS label or name on a line of its own, with a hyphen or digit: a single word like {@code ok} is not a pod. */
final class HostNameRule implements IdentityRule {

    private static final Pattern NAME = Pattern.compile(
            "(?=.{2,253}$)(?=.*[a-z])(?=.*[-0-9])[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*");

    @Override
    public Optional<Identity> read(String body, String header) {
        String text = body.strip();
        return text.length() <= 253 && NAME.matcher(text).matches()
                ? Optional.of(new Identity(text, ""))
                : Optional.empty();
    }
}
