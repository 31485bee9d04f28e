/** Thresholds and tests of a verdict; knows no network. */
@NullMarked
package io.kubeecho.stats;

import org.jspecify.annotations.NullMarked;
