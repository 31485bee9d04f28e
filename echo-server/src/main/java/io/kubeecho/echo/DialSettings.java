package io.kubeecho.echo;

import io.kubeecho.dial.DialAccess;
import java.util.Optional;

/**
 * The two settings that switch {@code /dial} on, each empty unless set: one without the other is a mistake.
 *
 * @param token the secret that a caller presents
 * @param allowed the networks that may be dialled, as CIDRs with commas between them
 */
public record DialSettings(String token, String allowed) {

    public static DialSettings off() {
        return new DialSettings("", "");
    }

    DialSettings withToken(String newToken) {
        return new DialSettings(newToken, allowed);
    }

    DialSettings withAllowed(String networks) {
        return new DialSettings(token, networks);
    }

    /**
     * What the settings allow; empty when both are unset.
     *
     * @throws IllegalArgumentException when only one is set, or one is wrong
     */
    public Optional<DialAccess> access() {
        if (token.isEmpty() && allowed.isEmpty()) {
            return Optional.empty();
        }
        if (token.isEmpty() || allowed.isEmpty()) {
            throw new IllegalArgumentException(Setting.DIAL_TOKEN.variable() + " and " + Setting.DIAL_ALLOW.variable()
                    + " go together: who may dial, and whom; only one is set");
        }
        return Optional.of(DialAccess.of(token, allowed));
    }

    /** The token stays out of logs. */
    @Override
    public String toString() {
        return token.isEmpty() ? "off" : "allowed to " + allowed;
    }
}
