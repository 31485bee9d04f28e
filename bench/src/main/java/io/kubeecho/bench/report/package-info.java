/** What a run has found: kept as JSON, shown as a table and a plot. */
@NullMarked
package io.kubeecho.bench.report;

import org.jspecify.annotations.NullMarked;
