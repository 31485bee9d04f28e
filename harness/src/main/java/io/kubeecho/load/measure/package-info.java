/**
 * What was measured: recorded by each event loop for itself, cut into intervals, and added up in one place. Knows
 * connections only by what was told of them.
 */
@NullMarked
package io.kubeecho.load.measure;

import org.jspecify.annotations.NullMarked;
