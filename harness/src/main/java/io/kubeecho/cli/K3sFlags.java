package io.kubeecho.cli;

import io.kubeecho.lab.k3s.K3sOptions;
import io.kubeecho.lab.k3s.ProxyMode;
import io.kubeecho.lab.kubernetes.KubernetesOptions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the cluster of a k3s lab is made. */
final class K3sFlags {

    @Option(
            names = "--k3s-image",
            paramLabel = "IMAGE",
            description = "The nodes' image. Default: K3S_IMAGE, or " + K3sOptions.DEFAULT_NODE_IMAGE)
    private @Nullable String nodeImage;

    @Option(
            names = "--agents",
            paramLabel = "N",
            description =
                    "Nodes beside the server. Default: " + K3sOptions.DEFAULT_AGENTS + ", which serve every scenario.")
    private int agents = K3sOptions.DEFAULT_AGENTS;

    @Option(
            names = "--proxy-mode",
            paramLabel = "MODE",
            description = "The nodes' kube-proxies: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private ProxyMode proxyMode = ProxyMode.IPTABLES;

    /** @throws IllegalArgumentException if they make no cluster */
    K3sOptions options(KubernetesOptions pods) {
        return new K3sOptions(nodeImage(), agents, proxyMode, pods);
    }

    private String nodeImage() {
        return Optional.ofNullable(nodeImage)
                .or(() -> Optional.ofNullable(System.getenv("K3S_IMAGE")).filter(image -> !image.isBlank()))
                .orElse(K3sOptions.DEFAULT_NODE_IMAGE);
    }
}
