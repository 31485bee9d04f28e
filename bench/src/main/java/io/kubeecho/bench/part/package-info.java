/** The parts of a run; each is over within minutes. */
@NullMarked
package io.kubeecho.bench.part;

import org.jspecify.annotations.NullMarked;
