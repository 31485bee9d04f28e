package io.kubeecho.lab.k3s;

import static java.util.Objects.requireNonNullElse;

import io.kubeecho.lab.kubernetes.KubernetesOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The k3s lab of tests that need a real cluster: {@code k8s/in-docker} tells them the images. */
public final class RealCluster {

    /** The system property that switches such tests on. */
    public static final String PROPERTY = "kube-echo.cluster";

    private RealCluster() {}

    /** Those that the property {@code kube-echo.proxy-mode} names, separated by commas; all, if it names none. */
    public static List<ProxyMode> proxyModes() {
        String chosen = System.getProperty("kube-echo.proxy-mode", "");
        return Stream.of(ProxyMode.values())
                .filter(mode ->
                        chosen.isEmpty() || List.of(chosen.split(",", -1)).contains(mode.toString()))
                .toList();
    }

    /**
     * Makes a cluster.
     *
     * @param affinityTimeout T, in whole seconds
     */
    public static K3sLab open(Duration affinityTimeout, ProxyMode proxyMode) {
        String nodes = requireNonNullElse(System.getenv("K3S_IMAGE"), K3sOptions.DEFAULT_NODE_IMAGE);
        String image = requireNonNullElse(System.getenv("IMAGE"), KubernetesOptions.DEFAULT_IMAGE);
        KubernetesOptions pods = new KubernetesOptions(
                Optional.empty(),
                Optional.empty(),
                image,
                "Never",
                KubernetesOptions.timing(affinityTimeout),
                Optional.empty(),
                KubernetesOptions.DEFAULT_STARTUP);
        return new K3sLab(new K3sOptions(nodes, K3sOptions.DEFAULT_AGENTS, proxyMode, pods), System.out::println);
    }
}
