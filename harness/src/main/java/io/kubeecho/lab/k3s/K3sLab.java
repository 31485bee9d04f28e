package io.kubeecho.lab.k3s;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.LoadBalancing;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Removal;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.Timing;
import io.kubeecho.lab.VantagePoint;
import io.kubeecho.lab.Workload;
import io.kubeecho.lab.k3s.DockerEngine.Remedy;
import io.kubeecho.lab.kubernetes.KubernetesLab;
import io.kubeecho.lab.kubernetes.Run;
import io.kubeecho.lab.kubernetes.UsableNodes;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;

/** A cluster of the run's own, in Docker: made at the start, removed at the end. */
public final class K3sLab implements Lab {

    private static final int DIAGNOSTIC_LINES = 2_000;
    private static final int MOST_FURTHER_CLIENTS = 1_000;

    private final K3sOptions options;
    private final Consumer<String> say;
    private final Run run = Run.start(Instant.now());
    private final Phases phases = new Phases(System::nanoTime);
    private final Steps steps = new Steps();
    private final DockerEngine docker;
    private final K3sCluster cluster;
    private final KubernetesLab inCluster;
    private final SiblingClients offCluster;
    private List<Client> further = List.of();
    private @Nullable Path kubeconfig;

    /**
     * Makes the cluster, and in it what a run needs. An interrupt of the calling thread ends this early.
     *
     * @param say takes lines about what goes on, for the user
     * @throws LabException if the cluster cannot be had; whatever was made is removed again
     */
    public K3sLab(K3sOptions options, Consumer<String> say) {
        this.options = options;
        this.say = say;
        this.docker = steps.run("looking for Docker", DockerEngine::open);
        try {
            String nodeImage = requireWhatItTakes();
            phases.ended("docker");
            Map<String, String> labels = RunInDocker.labels(run);
            LabNetwork network = steps.run("making the network", () -> LabNetwork.create(docker.client(), run, labels));
            phases.ended("network");
            NodeContainers containers = new NodeContainers(
                    nodeImage,
                    run.namespace() + "-",
                    network,
                    labels,
                    UUID.randomUUID().toString(),
                    nodeArguments());
            this.cluster = new K3sCluster(
                    docker,
                    containers,
                    options.agents(),
                    options.proxyMode(),
                    options.pods().startup(),
                    steps);
            AtomicReference<@Nullable SiblingClients> started = new AtomicReference<>();
            List<Callable<Boolean>> starts = new ArrayList<>(cluster.starts());
            starts.add(() -> {
                started.set(new SiblingClients(
                        containers,
                        options.pods().image(),
                        network,
                        options.pods().startup()));
                return true;
            });
            steps.runAll("starting the server", starts);
            phases.ended("server");
            steps.run("waiting for the nodes", cluster::awaitReady);
            phases.ended("agents");
            steps.runAll("bringing the images to the nodes", cluster.imports(imagesForNodes()));
            phases.ended("images");
            SiblingClients siblings = started.get();
            if (siblings == null) {
                throw new LabException("the clients off the cluster did not start");
            }
            this.offCluster = siblings;
            kubeconfig = write(cluster.kubeconfig());
            this.inCluster = new KubernetesLab(
                    options.pods().inOwnCluster(kubeconfig),
                    run,
                    siblings,
                    KubernetesLab.Namespace.LEFT_TO_THE_CLUSTERS_END);
            if (inCluster.nodes().size() < Math.min(options.agents() + 1, UsableNodes.MOST)) {
                throw new LabException("of the %d nodes of its own cluster this run can use only %s"
                        .formatted(options.agents() + 1, inCluster.nodes()));
            }
            // with the first pods there is the bridge that they are on
            steps.run("looking at the nodes' kernel", cluster::requireKernel);
            phases.ended("pods");
            say.accept("k3s: " + phases.line());
        } catch (RuntimeException e) {
            removeAfter(e);
            throw e;
        }
    }

    /**
     * The echo server's, and every pod's sandbox where Docker here has it or can have it: once for all nodes, and not at a
     * registry's mercy in the middle of a pod's start. Where it cannot be had the nodes still may have it of their own.
     */
    private List<String> imagesForNodes() {
        List<String> images = new ArrayList<>(List.of(options.pods().image()));
        cluster.sandboxImage().ifPresent(sandbox -> {
            try {
                docker.requireImage(sandbox, new Remedy("the nodes pull it themselves"), say, steps::isStopped);
                images.add(sandbox);
            } catch (LabException e) {
                say.accept(e.getMessage());
            }
        });
        return images;
    }

    private List<String> nodeArguments() {
        List<String> arguments = new ArrayList<>(
                KubeletSettings.of(options.nodeImage(), docker.cgroupVersion()).arguments());
        arguments.add("--kube-proxy-arg=proxy-mode=" + options.proxyMode());
        return arguments;
    }

    /** @return the nodes' image, as Testcontainers will name it */
    private String requireWhatItTakes() {
        return steps.run("looking for the images", () -> {
            docker.requireMemory(options.agents());
            docker.requireImage(
                    options.pods().image(),
                    new Remedy("'make image' builds the echo server's, --image chooses another"),
                    say,
                    steps::isStopped);
            String nodeImage = DockerEngine.substituted(options.nodeImage());
            docker.requireImage(
                    nodeImage,
                    new Remedy(
                            "choose another with --k3s-image or K3S_IMAGE; without a registry 'make conformance' takes the testbed's"),
                    say,
                    steps::isStopped);
            if (Reaper.isOn()) {
                docker.requireImage(
                        DockerEngine.substituted(Reaper.IMAGE),
                        new Remedy("set TESTCONTAINERS_RYUK_DISABLED=true, kube-echo removes what it made by itself"),
                        say,
                        steps::isStopped);
            }
            // starts the reaper
            DockerClientFactory.instance().client();
            return nodeImage;
        });
    }

    /** It makes its holder the cluster's administrator. The client of the API reads it again every minute. */
    private static Path write(String kubeconfig) {
        try {
            // on Windows the temporary folder is the user's own
            boolean posix =
                    FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
            FileAttribute<?>[] ownersOnly = posix
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                    }
                    : new FileAttribute<?>[0];
            Path file = Files.createTempFile("kube-echo-", ".kubeconfig", ownersOnly);
            return Files.writeString(file, kubeconfig);
        } catch (IOException e) {
            throw new LabException("cannot write the kubeconfig: " + e, e);
        }
    }

    @Override
    public Description describe() {
        Description inside = inCluster.describe();
        return new Description(
                "k3s",
                Kind.CLUSTER,
                "kube-proxy of %s in %s mode, one server and %d agents in Docker %s"
                        .formatted(options.nodeImage(), options.proxyMode(), options.agents(), docker.version()),
                inside.version());
    }

    @Override
    public Timing timing() {
        return inCluster.timing();
    }

    @Override
    public List<Node> nodes() {
        return inCluster.nodes();
    }

    @Override
    public List<Endpoint> endpoints() {
        return inCluster.endpoints();
    }

    @Override
    public List<Client> clients(VantagePoint from) {
        return inCluster.clients(from);
    }

    /** Made when they are first asked for, all that there may be: few runs want them. */
    @Override
    public synchronized List<Client> multitude(int most) {
        if (further.isEmpty()) {
            further = offCluster.multitude(MOST_FURTHER_CLIENTS, cluster::route);
        }
        return Stream.concat(clients(VantagePoint.OFF_CLUSTER).stream(), further.stream())
                .limit(most)
                .toList();
    }

    @Override
    public Client clientIn(Endpoint endpoint) {
        return inCluster.clientIn(endpoint);
    }

    @Override
    public Service create(ServiceSpec spec, Workload workload) {
        return inCluster.create(spec, workload);
    }

    @Override
    public Workload deploy(List<Node> placement) {
        return inCluster.deploy(placement);
    }

    @Override
    public LoadBalancing loadBalancing() {
        return inCluster.loadBalancing();
    }

    @Override
    public Service create(ServiceSpec spec) {
        return inCluster.create(spec);
    }

    @Override
    public void diagnose(Path folder) throws IOException {
        inCluster.diagnose(folder);
        Path nodes = Files.createDirectories(folder.resolve("nodes"));
        write(nodes, ".log", cluster.logs(DIAGNOSTIC_LINES));
        write(nodes, "." + options.proxyMode(), cluster.rules());
    }

    private static void write(Path folder, String extension, Map<String, String> texts) throws IOException {
        for (Map.Entry<String, String> text : texts.entrySet()) {
            Files.writeString(folder.resolve(text.getKey() + extension), text.getValue());
        }
    }

    ProxyMode proxyMode() {
        return options.proxyMode();
    }

    /** The nodes, for those who look into them. */
    K3sCluster cluster() {
        return cluster;
    }

    /** Ends the cluster, and with it whatever is in it. An interrupt does not cut this short. */
    @Override
    public void close() {
        phases.ended("scenarios");
        Removal removal = new Removal();
        removal.step("ending the run in the cluster", inCluster::close);
        removal.step("removing the cluster", this::remove);
        phases.ended("removal");
        say.accept("k3s: " + phases.line());
        removal.end();
    }

    private void removeAfter(RuntimeException failure) {
        try {
            remove();
        } catch (LabException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    private void remove() {
        try {
            CompletableFuture.runAsync(() -> new RunInDocker(docker.client(), run.id()).remove())
                    .join();
            if (kubeconfig != null) {
                Files.deleteIfExists(kubeconfig);
            }
        } catch (CompletionException e) {
            throw DockerProblem.of("removing the run " + run.id(), e);
        } catch (IOException e) {
            throw new LabException("cannot remove the kubeconfig %s: %s".formatted(kubeconfig, e), e);
        } finally {
            steps.close();
        }
    }
}
