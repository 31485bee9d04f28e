package io.kubeecho.load.identity;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads identities for one client, and remembers the last answer: a backend behind a kept connection mostly repeats
 * itself to the byte, and comparing bytes costs a hundredth of reading them. Not for several threads.
 */
public final class IdentityMemo {

    /** Longer answers are read every time. */
    private static final int LONGEST = 1024;

    private final IdentityRule rule;
    private final Roster roster;
    private final boolean byHeader;
    private final boolean nothing;
    private byte[] last = {};
    private int length = -1;
    private Identity identity = Identity.UNKNOWN;

    /** @param roster of the load, which all its clients share */
    public IdentityMemo(IdentityRule rule, Roster roster) {
        this.rule = rule;
        this.roster = roster;
        byHeader = rule.header().isPresent();
        nothing = rule.equals(IdentityRule.NONE);
    }

    /**
     * Who sent this answer.
     *
     * @param body holds the body from {@code bodyFrom} to before {@code bodyTo}
     * @param header holds the value of the rule's header from {@code headerFrom} to before {@code headerTo}
     * @return {@link Identity#UNKNOWN} if it does not say
     */
    public Identity read(byte[] body, int bodyFrom, int bodyTo, byte[] header, int headerFrom, int headerTo) {
        return byHeader ? of(header, headerFrom, headerTo) : of(body, bodyFrom, bodyTo);
    }

    private Identity of(byte[] bytes, int from, int to) {
        if (nothing) {
            return Identity.UNKNOWN;
        }
        if (to - from == length && Arrays.equals(bytes, from, to, last, 0, length)) {
            return identity;
        }
        String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        Identity read = rule.read(byHeader ? "" : text, byHeader ? text : "")
                .map(roster::admit)
                .orElse(Identity.UNKNOWN);
        // an equal identity stays the same object, so that who keeps figures by it need not look them up again
        identity = read.equals(identity) ? identity : read;
        remember(bytes, from, to);
        return identity;
    }

    private void remember(byte[] bytes, int from, int to) {
        length = to - from;
        if (length > LONGEST) {
            length = -1;
            return;
        }
        if (last.length < length) {
            last = new byte[Math.max(length, 256)];
        }
        System.arraycopy(bytes, from, last, 0, length);
    }
}
