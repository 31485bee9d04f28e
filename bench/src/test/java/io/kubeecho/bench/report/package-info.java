@NullMarked
package io.kubeecho.bench.report;

import org.jspecify.annotations.NullMarked;
