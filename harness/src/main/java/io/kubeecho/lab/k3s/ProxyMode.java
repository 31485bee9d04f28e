package io.kubeecho.lab.k3s;

import java.util.Locale;

/** How the nodes' kube-proxies make Services, as their {@code --proxy-mode} says it. */
public enum ProxyMode {
    IPTABLES("iptables-save"),
    /** Generally available since Kubernetes 1.33 (KEP-3866). */
    NFTABLES("nft list table ip kube-proxy");

    private final String printRules;

    ProxyMode(String printRules) {
        this.printRules = printRules;
    }

    /** A shell command that prints a node's rules for Services. */
    String printRules() {
        return printRules;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
