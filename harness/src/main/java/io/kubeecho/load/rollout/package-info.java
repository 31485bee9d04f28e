/**
 * The endpoints of the Service that a load goes to, as they came and went, and what the load saw of each change. Times are
 * nanoseconds from the start of what is measured unless they are said to be others. Knows neither the API that it was
 * heard from nor the load.
 */
@NullMarked
package io.kubeecho.load.rollout;

import org.jspecify.annotations.NullMarked;
