package io.kubeecho.echo.control;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Decides which requests fail. For any thread: the requests of a key are counted over all connections of the process.
 */
public final class Faults {

    /** How many keys are remembered; the one that was not asked for the longest is forgotten first. */
    static final int MOST_KEYS = 1024;

    private static final Fault USUAL = new Fault.Answered(503);

    private final long ownSeed;
    private final Map<Sequence, Long> counts = new LinkedHashMap<>(16, 0.75f, true) {

        @Override
        protected boolean removeEldestEntry(Map.Entry<Sequence, Long> eldest) {
            return size() > MOST_KEYS;
        }
    };

    /** @param ownSeed for rates that come without a seed */
    public Faults(long ownSeed) {
        this.ownSeed = ownSeed;
    }

    /** How the next request with these controls fails; empty when it does not. */
    public Optional<Fault> next(Controls controls) {
        boolean bySequence =
                controls.failFirst().isPresent() || controls.faultRate().isPresent();
        if (!bySequence) {
            return controls.fault();
        }
        String key = controls.key().orElse("");
        boolean fails = false;
        if (controls.failFirst().isPresent()) {
            fails = count(new Sequence(Kind.FIRST, key, 0))
                    < controls.failFirst().getAsInt();
        }
        if (controls.faultRate().isPresent()) {
            long seed = controls.seed().orElse(ownSeed);
            long number = count(new Sequence(Kind.RATE, key, seed));
            fails |= uniform(seed, number) < controls.faultRate().get();
        }
        return fails ? controls.fault().or(() -> Optional.of(USUAL)) : Optional.empty();
    }

    /** A number of [0, 1) that follows from a seed and a place in the sequence. */
    private static double uniform(long seed, long number) {
        // seeds of neighbouring numbers give independent values: SplittableRandom mixes the state before it is used
        return new SplittableRandom(new SplittableRandom(seed).nextLong() + number).nextDouble();
    }

    /** How many requests of this sequence came before. */
    private long count(Sequence sequence) {
        synchronized (counts) {
            long before = counts.getOrDefault(sequence, 0L);
            counts.put(sequence, before + 1);
            return before;
        }
    }

    private enum Kind {
        FIRST,
        RATE
    }

    private record Sequence(Kind kind, String key, long seed) {}
}
