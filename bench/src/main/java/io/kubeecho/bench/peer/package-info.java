/** Servers that are no product, only something to compare with. */
@NullMarked
package io.kubeecho.bench.peer;

import org.jspecify.annotations.NullMarked;
