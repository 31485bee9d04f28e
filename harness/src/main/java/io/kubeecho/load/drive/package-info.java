/** Carries a plan out: clients on event loops that send when the schedule says so, and a watch over the generator itself. */
@NullMarked
package io.kubeecho.load.drive;

import org.jspecify.annotations.NullMarked;
