package io.kubeecho.evidence;

/** What a scenario says in the end. */
public enum Verdict {
    PASS,
    /** The data plane did not do what it promises. */
    FAIL,
    /** This lab cannot show it; the reason says what is missing. */
    SKIP,
    /** Nothing can be said: the observations, or the lab, were not what the scenario needs. */
    INCONCLUSIVE,
    /** It failed as the list of known deviations says it would. */
    KNOWN_DEVIATION,
    /** A measurement of what Kubernetes leaves open; never a failure. */
    INFO
}
