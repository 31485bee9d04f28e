package io.kubeecho.cli;

import io.kubeecho.lab.kubernetes.KubernetesOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster, and how the run's pods are made there. */
final class ClusterFlags {

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "Default: KUBECONFIG, ~/.kube/config, or the configuration inside a pod.")
    private @Nullable Path kubeconfig;

    @Option(names = "--context", description = "Of the kubeconfig. Default: the current one.")
    private @Nullable String context;

    @Option(
            names = "--image",
            description = "The echo server's image, as the nodes know it. Default: " + KubernetesOptions.DEFAULT_IMAGE)
    private String image = KubernetesOptions.DEFAULT_IMAGE;

    @Option(
            names = "--image-pull-policy",
            paramLabel = "POLICY",
            description = "Always, IfNotPresent or Never. Default: IfNotPresent.")
    private String imagePullPolicy = "IfNotPresent";

    @Option(
            names = "--node-rules",
            paramLabel = "COMMAND",
            description =
                    "Prints a node's service rules, for the diagnostics of a failure: 'ssh {node} sudo nft list ruleset'.")
    private @Nullable String nodeRules;

    @Option(
            names = "--startup",
            paramLabel = "DURATION",
            description = "How long the run's pods may take until they are ready. Default: 3m.")
    private Duration startup = KubernetesOptions.DEFAULT_STARTUP;

    Optional<Path> kubeconfig() {
        return Optional.ofNullable(kubeconfig);
    }

    Optional<String> context() {
        return Optional.ofNullable(context);
    }

    KubernetesOptions options(Optional<Duration> affinityTimeout) {
        return new KubernetesOptions(
                kubeconfig(),
                context(),
                image,
                imagePullPolicy,
                KubernetesOptions.timing(affinityTimeout.orElse(KubernetesOptions.DEFAULT_AFFINITY_TIMEOUT)),
                Optional.ofNullable(nodeRules),
                startup);
    }
}
