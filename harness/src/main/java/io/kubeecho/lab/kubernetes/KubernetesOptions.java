package io.kubeecho.lab.kubernetes;

import io.kubeecho.lab.Timing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a run in a cluster may be told.
 *
 * @param kubeconfig the file; empty for {@code KUBECONFIG}, {@code ~/.kube/config} or the in-cluster configuration
 * @param context of the kubeconfig; empty for the current one
 * @param image the echo server's image, as the nodes know it
 * @param imagePullPolicy as in a pod's specification
 * @param timing durations; see {@link #timing(Duration)}
 * @param nodeRules a shell command that prints a node's service rules, with {@code {node}} for the node's name; run on
 *     this machine after a failure. There is no way to them through the API
 * @param startup how long the run's pods may take until all are ready
 */
public record KubernetesOptions(
        Optional<Path> kubeconfig,
        Optional<String> context,
        String image,
        String imagePullPolicy,
        Timing timing,
        Optional<String> nodeRules,
        Duration startup) {

    public static final String DEFAULT_IMAGE = "kube-echo/echo-server:dev";

    /** Short, and still well above the whole seconds that data planes count in. */
    public static final Duration DEFAULT_AFFINITY_TIMEOUT = Duration.ofSeconds(5);

    public static final Duration DEFAULT_STARTUP = Duration.ofMinutes(3);

    /** Durations that suit a cluster: its control plane follows within seconds, and its data plane counts in seconds. */
    public static Timing timing(Duration affinityTimeout) {
        return new Timing(
                affinityTimeout,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofMillis(20),
                Duration.ofSeconds(1),
                Duration.ofSeconds(60),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5));
    }

    /** The same run in a cluster that was made for it, and whose nodes have been given the image. */
    public KubernetesOptions inOwnCluster(Path file) {
        return new KubernetesOptions(Optional.of(file), Optional.empty(), image, "Never", timing, nodeRules, startup);
    }
}
