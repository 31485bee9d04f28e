/** Turns affinity entries and waits into dial plans, and what comes back into observations; judges nothing. */
@NullMarked
package io.kubeecho.probe;

import org.jspecify.annotations.NullMarked;
