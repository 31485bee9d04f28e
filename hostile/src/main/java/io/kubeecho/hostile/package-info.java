/** Attacks the image of the echo server from outside, and measures a good client beside. */
@NullMarked
package io.kubeecho.hostile;

import org.jspecify.annotations.NullMarked;
