package io.kubeecho.scenario;

import io.kubeecho.probe.Observation;
import java.util.List;

/**
 * How a window broke a rule.
 *
 * @param seen what was observed, as a clause
 * @param meaning what follows from it for a user of such a data plane
 * @param culprits the connections that broke it, for finding out where it is broken; empty where a rule is about all
 */
record Breach(String seen, String meaning, List<Culprit> culprits) {

    /**
     * A connection that broke a rule.
     *
     * @param endpoint the pod whose rules are to blame: the one that answered, or for affinity the one that forgot; empty
     *     where nobody answered
     */
    record Culprit(Observation connection, String endpoint) {}

    Breach {
        culprits = List.copyOf(culprits);
    }

    Breach(String seen, String meaning) {
        this(seen, meaning, List.of());
    }

    Breach withSeen(String words) {
        return new Breach(words, meaning, culprits);
    }
}
