package io.kubeecho.lab.k3s;

import io.kubeecho.lab.kubernetes.KubernetesOptions;

/**
 * What a k3s lab may be told.
 *
 * @param nodeImage of the server, the agents and the helper that adds addresses; must take k3s's command line
 * @param agents how many beside the server; two for every scenario
 * @param proxyMode of every node's kube-proxy
 * @param pods the run in the cluster; its kubeconfig, context and pull policy are the lab's own affair, its image has to be
 *     known to Docker here, and its start-up time is for the nodes too
 */
public record K3sOptions(String nodeImage, int agents, ProxyMode proxyMode, KubernetesOptions pods) {

    /** The newest stable release when this was written. */
    public static final String DEFAULT_NODE_IMAGE = "rancher/k3s:v1.36.4-k3s1";

    /** With the server, nodes for every scenario. */
    public static final int DEFAULT_AGENTS = 2;

    public K3sOptions {
        if (agents < 0) {
            throw new IllegalArgumentException("there cannot be " + agents + " agents");
        }
    }
}
