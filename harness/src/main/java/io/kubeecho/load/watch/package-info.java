/** Watches the endpoints of the Service that a load goes to, through the cluster's API. */
@NullMarked
package io.kubeecho.load.watch;

import org.jspecify.annotations.NullMarked;
