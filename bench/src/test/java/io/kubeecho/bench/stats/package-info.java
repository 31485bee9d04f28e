@NullMarked
package io.kubeecho.bench.stats;

import org.jspecify.annotations.NullMarked;
