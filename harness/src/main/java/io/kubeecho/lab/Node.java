package io.kubeecho.lab;

/**
 * A machine of the cluster.
 *
 * @param address its own address inside the cluster (InternalIP)
 */
public record Node(String name, String address) {}
