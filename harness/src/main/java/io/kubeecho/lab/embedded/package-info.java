/**
 * A lab in this process, on 127.0.0.0/8: real echo servers and real connections around a reference data plane that
 * decides as kube-proxy's iptables mode does. It needs no cluster, no Docker and no root.
 *
 * <p>{@link io.kubeecho.lab.embedded.KubeProxy} decides, {@link io.kubeecho.lab.embedded.Relay} carries the bytes,
 * and {@link io.kubeecho.lab.embedded.Fault} breaks one rule of the first at a time.
 */
@NullMarked
package io.kubeecho.lab.embedded;

import org.jspecify.annotations.NullMarked;
