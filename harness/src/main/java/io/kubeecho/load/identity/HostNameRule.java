package io.kubeecho.load.identity;

import com.google.re2j.Pattern;
import java.util.Optional;

/** A DNS label or name on a line of its own, with a hyphen or digit: a single word like {@code ok} is not a pod. */
final class HostNameRule implements IdentityRule {

    private static final Pattern NAME =
            Pattern.compile("[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)*");

    @Override
    public Optional<Identity> read(String body, String header) {
        String text = body.strip();
        boolean telling = text.length() >= 2
                && text.length() <= 253
                && text.chars().anyMatch(c -> c >= 'a' && c <= 'z')
                && text.chars().anyMatch(c -> c == '-' || (c >= '0' && c <= '9'));
        return telling && NAME.matcher(text).matches() ? Optional.of(new Identity(text, "")) : Optional.empty();
    }
}
