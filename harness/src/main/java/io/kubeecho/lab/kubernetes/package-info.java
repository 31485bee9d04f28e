/**
 * A lab in a real cluster, through its API: a namespace for each run, echo pods spread over nodes, and clients that are echo
 * pods with the dial endpoint. Off the cluster, this machine is the client.
 */
@NullMarked
package io.kubeecho.lab.kubernetes;

import org.jspecify.annotations.NullMarked;
