/** Measures the echo server beside its peers. */
@NullMarked
package io.kubeecho.bench;

import org.jspecify.annotations.NullMarked;
