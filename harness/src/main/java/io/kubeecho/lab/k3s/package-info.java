/**
 * A cluster for the lab in {@link io.kubeecho.lab.kubernetes}: k3s in Docker by Testcontainers, one server and its agents,
 * with clients off the cluster beside them on one network. All of it ends with the run.
 */
@NullMarked
package io.kubeecho.lab.k3s;

import org.jspecify.annotations.NullMarked;
