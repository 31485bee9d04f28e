package io.kubeecho.lab;

/** Where the address of a {@code type: LoadBalancer} Service comes from, and who decides at which node its traffic enters. */
public enum LoadBalancing {
    /** There is no controller, and the lab may not write addresses of its own: such Services stay pending. */
    NONE,
    /** The cluster's own controller (a cloud's, MetalLB, k3s's ServiceLB) gives the address and chooses the entry node. */
    CONTROLLER,
    /**
     * The lab takes an address of the nodes' own subnet, writes it to {@code status.loadBalancer.ingress}, and leads its
     * clients off the cluster there by way of a node it is told: what MetalLB does in layer 2 mode.
     */
    ROUTED
}
