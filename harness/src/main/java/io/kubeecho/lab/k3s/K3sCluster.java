package io.kubeecho.lab.k3s;

import com.github.dockerjava.api.exception.DockerException;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubeecho.lab.LabException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.k3s.K3sContainer;

/** One server and its agents. */
final class K3sCluster {

    private static final int LOG_LINES = 200;
    private static final String KUBECONFIG = "/etc/rancher/k3s/k3s.yaml";

    private final DockerEngine docker;
    private final Steps steps;
    private final Instant deadline;
    private final ProxyMode proxyMode;
    private final Duration startup;
    private final K3sContainer server;
    private final Map<String, GenericContainer<?>> nodes = new LinkedHashMap<>();
    private final Map<String, String> taints = new HashMap<>();

    K3sCluster(
            DockerEngine docker,
            NodeContainers specifications,
            int agents,
            ProxyMode proxyMode,
            Duration startup,
            Steps steps) {
        this.docker = docker;
        this.steps = steps;
        this.proxyMode = proxyMode;
        this.startup = startup;
        this.deadline = Instant.now().plus(startup);
        this.server = specifications.server(new KubeconfigWritten());
        nodes.put(NodeContainers.SERVER, server);
        for (int i = 1; i <= agents; i++) {
            nodes.put("agent" + i, specifications.agent("agent" + i));
        }
    }

    /** One work for each node: the agents look for the server again and again, so all may start at once. */
    List<Callable<Boolean>> starts() {
        List<Callable<Boolean>> works = new ArrayList<>();
        nodes.forEach((name, container) -> works.add(() -> start(name, container)));
        return works;
    }

    private boolean start(String name, GenericContainer<?> container) {
        try {
            container.start();
        } catch (RuntimeException e) {
            throw DockerProblem.of(DockerProblem.STARTING_A_NODE + name, e);
        }
        sendNoRedirects(name);
        return true;
    }

    /**
     * The clients off the cluster are on the nodes' own network, which clients of a cluster seldom are. Linux then sends
     * them a redirect for what it forwards, and each one takes from the refusals that it would send them (icmp(7),
     * icmp_ratelimit counts both by peer): connections hang that a client behind a router sees refused.
     */
    private void sendNoRedirects(String node) {
        run(
                node,
                "sh",
                "-c",
                "for interface in all eth0; do echo 0 >/proc/sys/net/ipv4/conf/$interface/send_redirects; done");
    }

    /** Has every node reach a block of addresses by way of one. */
    void route(Cidr block, String via) {
        nodes.keySet().forEach(node -> run(node, IpCommand.route(block, via).toArray(String[]::new)));
    }

    /** The administrator's access, from this machine. */
    String kubeconfig() {
        return server.getKubeConfigYaml();
    }

    /**
     * Waits until the API says that every node is Ready, and until the controllers work: what a namespace needs is made by
     * them.
     */
    boolean awaitReady() {
        Config config = Config.fromKubeconfig(kubeconfig());
        config.setRequestTimeout(5_000);
        config.setConnectionTimeout(5_000);
        config.setRequestRetryBackoffLimit(0);
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            while (true) {
                Set<String> missing = missing(client);
                if (missing.isEmpty()) {
                    return true;
                }
                for (String name : missing) {
                    requireRunning(name);
                }
                if (Instant.now().isAfter(deadline)) {
                    String first = missing.iterator().next();
                    throw new LabException(
                            "the node %s was not Ready and open to pods within %d s%s; its log ends with:%s"
                                    .formatted(
                                            first,
                                            startup.toSeconds(),
                                            taints.containsKey(first) ? ", its taint is " + taints.get(first) : "",
                                            log(first).end()));
                }
                steps.pause();
            }
        }
    }

    private Set<String> missing(KubernetesClient client) {
        Set<String> missing = new TreeSet<>(nodes.keySet());
        try {
            for (Node node : client.nodes().list().getItems()) {
                String name = node.getMetadata().getName();
                keepsPodsOff(node).ifPresentOrElse(key -> taints.put(name, key), () -> taints.remove(name));
                if (isReady(node)) {
                    missing.remove(name);
                }
            }
            boolean controllersWork = client.serviceAccounts()
                            .inNamespace("default")
                            .withName("default")
                            .get()
                    != null;
            if (!controllersWork) {
                missing.add(NodeContainers.SERVER);
            }
        } catch (KubernetesClientException e) {
            missing.add(NodeContainers.SERVER);
        }
        return missing;
    }

    /**
     * Ready, and open to pods: a node is Ready before its cloud controller, which k3s has built in, has taken off the taint
     * {@code node.cloudprovider.kubernetes.io/uninitialized}. A taint that stays, as for pressure on a disk, is a reason
     * too.
     */
    private static boolean isReady(Node node) {
        return node.getStatus().getConditions().stream()
                        .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()))
                && keepsPodsOff(node).isEmpty();
    }

    private static Optional<String> keepsPodsOff(Node node) {
        return node.getSpec().getTaints().stream()
                .filter(taint -> !"PreferNoSchedule".equals(taint.getEffect()))
                .map(Taint::getKey)
                .findFirst();
    }

    private void requireRunning(String name) {
        String ending = log(name).ending();
        if (!ending.isEmpty()) {
            NodeLog log = log(name);
            throw new LabException(KernelNeeds.ofLog(log.last(LOG_LINES))
                    .map(need -> "the node %s %s: %s".formatted(name, ending, need))
                    .orElseGet(() -> "the node %s %s; its log ends with:%s".formatted(name, ending, log.end())));
        }
    }

    private NodeLog log(String name) {
        return new NodeLog(docker.client(), container(name).getContainerId());
    }

    private GenericContainer<?> container(String node) {
        GenericContainer<?> container = nodes.get(node);
        if (container == null) {
            throw new IllegalArgumentException("there is no node " + node);
        }
        return container;
    }

    /** The ends of the nodes' logs, by name. */
    Map<String, String> logs(int lines) {
        return nodes.keySet().stream()
                .collect(Collectors.toMap(name -> name, name -> log(name).last(lines)));
    }

    /** The nodes' service rules, by name: what kube-proxy has made of the Services. */
    Map<String, String> rules() {
        return nodes.keySet().stream().collect(Collectors.toMap(name -> name, this::rules));
    }

    private String rules(String node) {
        try {
            return run(node, "sh", "-c", proxyMode.printRules());
        } catch (LabException e) {
            return "not to be had: " + e.getMessage();
        }
    }

    /**
     * Runs a command on a node.
     *
     * @return what it printed
     * @throws LabException if it cannot be run, or ends with another exit code than 0
     */
    String run(String node, String... command) {
        String words = "'%s' on %s".formatted(String.join(" ", command), node);
        try {
            ExecResult result = container(node).execInContainer(command);
            if (result.getExitCode() != 0) {
                throw new LabException("%s ended with exit code %d: %s"
                        .formatted(
                                words, result.getExitCode(), result.getStderr().strip()));
            }
            return result.getStdout();
        } catch (IOException | DockerException e) {
            throw DockerProblem.of("running " + words, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }

    /** One work for each node: puts local images into its containerd, since it cannot pull them from here. */
    List<Callable<Boolean>> imports(List<String> images) {
        List<Callable<Boolean>> works = new ArrayList<>();
        nodes.forEach((name, container) -> works.add(() -> {
            for (String image : images) {
                new ImageImport(docker.client(), container, steps).run(name, image);
            }
            return true;
        }));
        return works;
    }

    /**
     * The image of the sandbox that every pod has, as the server's containerd is told it; empty where the nodes' image says
     * it elsewhere. Each node would pull it for itself.
     */
    Optional<String> sandboxImage() {
        String configuration = run(
                NodeContainers.SERVER,
                "sh",
                "-c",
                "cat /var/lib/rancher/k3s/agent/etc/containerd/config.toml 2>/dev/null || true");
        return KernelNeeds.sandboxImage(configuration);
    }

    /** @throws LabException naming what a node's kernel lacks for a data plane that is right, and how it is had */
    boolean requireKernel() {
        for (String node : nodes.keySet()) {
            KernelNeeds.ofProbe(run(node, "sh", "-c", KernelNeeds.probe(proxyMode)))
                    .ifPresent(need -> {
                        throw new LabException("the node %s cannot serve Services: %s".formatted(node, need));
                    });
        }
        return true;
    }

    /** Until the server has written the administrator's kubeconfig, which K3sContainer reads next. */
    private final class KubeconfigWritten extends AbstractWaitStrategy {
        @Override
        protected void waitUntilReady() {
            while (!isThere()) {
                requireRunning(NodeContainers.SERVER);
                if (Instant.now().isAfter(deadline)) {
                    throw new LabException("the node server has not started within %d s; its log ends with:%s"
                            .formatted(
                                    startup.toSeconds(),
                                    log(NodeContainers.SERVER).end()));
                }
                steps.pause();
            }
        }

        private boolean isThere() {
            try {
                ExecResult result = server.execInContainer("sh", "-c", "test -s " + KUBECONFIG);
                return result.getExitCode() == 0;
            } catch (IOException | RuntimeException e) {
                // the container is starting, or has ended, which is looked at next
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
