package io.kubeecho.hostile.attack;

import java.util.List;
import java.util.stream.Stream;

/** Which attacks there are. */
public final class Attacks {

    private static final List<Attack> REQUIRED = List.of(
            new DelayedJson(),
            new ClosedWindow(),
            new UnreadStreams(),
            new UnreadBody(),
            new EndlessContinuation(),
            new UnfinishedHead(),
            new HalfClientHello(),
            new OpenBody());

    private static final List<Attack> FURTHER = List.of(new DrippedLineEnds(), new ResetFlood());

    private Attacks() {}

    /** The eight that a server once died of, in the order of how few connections it took. */
    public static List<Attack> required() {
        return REQUIRED;
    }

    /** Two that cost processor time or sockets rather than memory; run when they are asked for by name. */
    public static List<Attack> further() {
        return FURTHER;
    }

    /**
     * The one with this name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Attack named(String name) {
        return Stream.concat(REQUIRED.stream(), FURTHER.stream())
                .filter(attack -> attack.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("no attack " + name + "; `hostile/run list` names them"));
    }
}
