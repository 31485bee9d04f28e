package io.kubeecho.lab;

/** @param address the node's own address inside the cluster (InternalIP) */
public record Node(String name, String address) {}
