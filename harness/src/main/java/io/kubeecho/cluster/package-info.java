/** A cluster's API: how it is reached, what went wrong when it is not, and its EndpointSlices in whichever version it serves. */
@NullMarked
package io.kubeecho.cluster;

import org.jspecify.annotations.NullMarked;
