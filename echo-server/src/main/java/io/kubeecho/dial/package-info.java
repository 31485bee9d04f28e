/**
 * The client's side of a measurement: new connections on a schedule, timed where they are made.
 *
 * <p>It lives beside the echo server because an echo pod is also the harness's client inside a cluster.
 */
@NullMarked
package io.kubeecho.dial;

import org.jspecify.annotations.NullMarked;
