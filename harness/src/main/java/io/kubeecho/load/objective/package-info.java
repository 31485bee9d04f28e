/** What a load is expected to reach, in the words of {@code --slo}. */
@NullMarked
package io.kubeecho.load.objective;

import org.jspecify.annotations.NullMarked;
