package io.kubeecho.hostile.run;

import io.kubeecho.hostile.attack.Attack;
import io.kubeecho.hostile.attack.Attacks;
import io.kubeecho.hostile.attack.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one container is put through.
 *
 * @param name what the command line and the table call it
 * @param attacks all of them at the same time
 * @param environment variables of the container beside the usual ones
 * @param own how far its attacks go, where that is not as far as those of others
 * @param judged what is asked of it
 */
record Scenario(
        String name, List<Attack> attacks, Map<String, String> environment, Optional<Limits> own, Judged judged) {

    /** What is asked of a container. */
    enum Judged {
        /** All of it. */
        SERVICE,
        /** That no client gets a byte of another's, however little is served at all. */
        BYTES
    }

    static final String TOGETHER = "together";
    static final String VICTIMS = "victims";

    /** Direct memory that is at its end at once, so that every way in which it may be missing comes up. */
    private static final Map<String, String> TINY = Map.of("_JAVA_OPTIONS", "-XX:MaxDirectMemorySize=8m");

    /**
     * Just enough to use that memory up: each that gets none has its event loop sleep for half a second. Hardly any is
     * opened anew, since a stray answer that goes to one of them is not seen.
     */
    private static final Limits FEW = new Limits(130, 300, 1, 64_000_000);

    static Scenario of(Attack attack) {
        return new Scenario(attack.name(), List.of(attack), Map.of(), Optional.empty(), Judged.SERVICE);
    }

    /** Every one that is run when none is named. */
    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        Attacks.required().forEach(attack -> all.add(of(attack)));
        all.add(named(TOGETHER));
        all.add(named(VICTIMS));
        return List.copyOf(all);
    }

    /**
     * One of {@link #all}, or an attack alone.
     *
     * @throws IllegalArgumentException when there is none of this name
     */
    static Scenario named(String name) {
        return switch (name) {
            case TOGETHER -> new Scenario(name, Attacks.required(), Map.of(), Optional.empty(), Judged.SERVICE);
            case VICTIMS ->
                new Scenario(name, List.of(Attacks.named("unread-body")), TINY, Optional.of(FEW), Judged.BYTES);
            default -> of(Attacks.named(name));
        };
    }

    /** How far each of its attacks goes: together they go as far as one alone. */
    Limits limits(Limits ofOne) {
        return own.orElseGet(() -> ofOne.sharedBy(attacks.size()));
    }

    /** What it does, for the table. */
    String does() {
        return switch (name) {
            case TOGETHER -> "the " + attacks.size() + " attacks at once";
            case VICTIMS ->
                "`unread-body` on " + FEW.connections() + " connections, with " + String.join(" ", environment.values())
                        + ": judged by the bytes alone";
            default -> attacks.get(0).does();
        };
    }
}
