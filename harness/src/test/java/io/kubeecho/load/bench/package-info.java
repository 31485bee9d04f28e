/** Programs that bench/load runs: they measure the generator itself, so they are not part of the tests. */
@NullMarked
package io.kubeecho.load.bench;

import org.jspecify.annotations.NullMarked;
