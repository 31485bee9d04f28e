package io.kubeecho.hostile.run;

import io.kubeecho.hostile.attack.Counts;
import io.kubeecho.hostile.client.Tally;
import io.kubeecho.hostile.client.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a server has to keep to while it is attacked. */
final class Requirements {

    /** Of a good client's requests, by each way of asking. */
    static final double SHARE = 0.95;
    /** In milliseconds, over all ways; so many are too many. */
    static final double P99 = 100;
    /**
     * From which length of an attack on: one percent of a shorter one is a matter of the JVM's first seconds, in which code
     * that nobody has used yet is being compiled.
     */
    static final double P99_FROM_SECONDS = 60;

    private Requirements() {}

    /** Which of them are broken: one line for each, and none when all are kept. */
    static List<String> broken(Outcome outcome) {
        List<String> broken = new ArrayList<>();
        if (outcome.wrong() > 0) {
            List<String> wrongs = new ArrayList<>(outcome.calm().wrongs());
            wrongs.addAll(outcome.beside().wrongs());
            broken.add(outcome.wrong() + " of the good client's requests got bytes that were not theirs, such as "
                    + wrongs.get(0));
        }
        if (outcome.scenario().judged() == Scenario.Judged.BYTES) {
            return named(outcome, broken);
        }
        Seen seen = outcome.seen();
        seen.end()
                .ifPresent(end -> broken.add(text(
                        "%s after %.1f s, with %s; exit code %d%s",
                        end.how().oomKilled() || seen.kills() > 0
                                ? "the kernel killed the container for want of memory"
                                : "the container ended by itself",
                        end.seconds(),
                        connections(outcome.counts()),
                        end.how().code(),
                        end.how().lastWords().isEmpty() ? "" : ": " + end.how().lastWords())));
        if (seen.end().isEmpty() && seen.kills() > 0) {
            broken.add("the kernel has killed " + seen.kills() + " processes for want of memory");
        }
        if (seen.deafProbes() > 0) {
            broken.add("three probes of /livez in a row failed " + seen.deafProbes()
                    + " times: a kubelet would have restarted the container");
        }
        if (seen.end().isEmpty() && seen.dumps() == 0) {
            broken.add("the JVM has not said what its threads do, so that nothing is known of its event loops");
        }
        if (seen.asleep() > 0) {
            broken.add(text(
                    "an event loop was asleep in the reservation of memory in %d of %d looks: %s",
                    seen.asleep(), seen.dumps(), String.join(" ", seen.example())));
        }
        judge(outcome, broken);
        return named(outcome, broken);
    }

    private static void judge(Outcome outcome, List<String> broken) {
        Tally beside = outcome.beside();
        for (Way way : Way.values()) {
            if (beside.share(way) < SHARE) {
                broken.add(text(
                        "%.1f %% of the good client's requests by %s were answered, and %.0f %% have to be",
                        100 * beside.share(way), way.text(), 100 * SHARE));
            }
        }
        if (outcome.seconds() >= P99_FROM_SECONDS && beside.millis(99) >= P99) {
            broken.add(text(
                    "the good client's p99 was %.0f ms beside the attack, and has to be below %.0f ms; without it,"
                            + " %.0f ms",
                    beside.millis(99), P99, outcome.calm().millis(99)));
        }
    }

    /** How many connections each attack had. */
    static String connections(List<Counts> counts) {
        return String.join(
                ", ",
                counts.stream()
                        .map(count -> count.opened() + " connections of " + count.attack())
                        .toList());
    }

    private static List<String> named(Outcome outcome, List<String> broken) {
        return broken.stream()
                .map(line -> outcome.scenario().name() + ": " + line)
                .toList();
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
