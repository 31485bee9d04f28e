package io.kubeecho.evidence;

import java.time.Duration;

/**
 * How long the data plane took to follow a change: a result of its own beside the verdict, which is about what it does from
 * then on.
 *
 * @param change what was changed, as "the Service was made"
 * @param atLeast from when the control plane had accepted the change to the start of the last window that was not yet as it
 *     asks; zero if there was none
 * @param atMost from the same moment to the end of the first window that was
 * @param deadline by when it has to
 * @param lastBreach what that last window showed; empty if there was none
 */
public record Programming(String change, Duration atLeast, Duration atMost, Duration deadline, String lastBreach) {}
