package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubeecho.cluster.ClusterAccess;
import io.kubeecho.cluster.ServerClock;
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
import io.kubeecho.lab.kubernetes.EchoPods.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** A run's own corner of a real cluster: its namespace, and everything in it. */
public final class KubernetesLab implements Lab {

    private static final int ENDPOINTS_PER_NODE = 2;
    private static final int NODES_WITH_ENDPOINTS = 2;

    private final KubernetesOptions options;
    private final Run run;
    private final KubernetesClient client;
    private final List<Node> nodes;
    private final EchoPods specifications;
    private final Ports hostPorts = Ports.choose(RandomGenerator.getDefault());
    private final LoadBalancerPorts loadBalancerPorts = new LoadBalancerPorts(RandomGenerator.getDefault());
    private final String dialToken = UUID.randomUUID().toString();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Endpoint> endpoints = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final EndpointSlices slices;
    private final String version;
    private final RunPods pods;
    private final LoadBalancers loadBalancers;
    private final AtomicInteger created = new AtomicInteger();
    private final AtomicInteger deployed = new AtomicInteger();
    private boolean namespaceMade;
    private boolean kept;

    /** What becomes of the namespace when the lab is closed. */
    public enum Namespace {
        REMOVED,
        /** Somebody ends the whole cluster at once. */
        LEFT_TO_THE_CLUSTERS_END
    }

    /** A run in a cluster that somebody else keeps, with this machine as the client off it. */
    public KubernetesLab(KubernetesOptions options) {
        this(options, Run.start(Instant.now()), new OutsideView(), Namespace.REMOVED);
    }

    /**
     * Makes the namespace and the run's pods, and waits until they are ready.
     *
     * @param offCluster closed with the lab
     * @throws LabException if the cluster cannot be had for this; whatever was made is removed again
     */
    public KubernetesLab(KubernetesOptions options, Run run, OffClusterClients offCluster, Namespace afterwards) {
        this.options = options;
        this.run = run;
        this.kept = afterwards == Namespace.LEFT_TO_THE_CLUSTERS_END;
        opened.add(offCluster);
        this.client = ClusterAccess.open(options.kubeconfig(), options.context());
        this.specifications = new EchoPods(run, options, dialToken, hostPorts);
        this.pods = new RunPods(client, run, options);
        try {
            this.version = ClusterAccess.ask(
                    "reading the version", () -> client.getKubernetesVersion().getGitVersion());
            this.nodes = ClusterAccess.ask("listing nodes", () -> UsableNodes.of(client));
            createNamespace();
            this.slices =
                    new EndpointSlices(ClusterAccess.open(options.kubeconfig(), options.context()), run.namespace());
            opened.add(slices);
            opened.add(new Heartbeat(client, run));
            Supplier<LoadBalancers> balancers = balancers(offCluster);
            startPods();
            this.loadBalancers = balancers.get();
            clients.addAll(offCluster.clients(clients(VantagePoint.HOST_NETWORK), hostPorts.echo(), options.timing()));
        } catch (RuntimeException e) {
            try {
                close();
            } catch (LabException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private void createNamespace() {
        // host-network pods need the privileged level where Pod Security admission is on
        Map<String, String> podSecurity = Map.of("pod-security.kubernetes.io/enforce", "privileged");
        var wanted = new NamespaceBuilder()
                .withNewMetadata()
                .withName(run.namespace())
                .withLabels(run.labels())
                .addToLabels(podSecurity)
                .addToAnnotations(Run.ALIVE, ServerClock.now(client).toString())
                .endMetadata()
                .build();
        // it may be there although no answer said so
        namespaceMade = true;
        try {
            ClusterAccess.create(
                    "making the namespace " + run.namespace(),
                    client.namespaces().resource(wanted),
                    run::owns);
        } catch (LabException e) {
            namespaceMade = !ClusterAccess.isRefusal(e);
            throw e;
        }
    }

    /** @return to be asked when the pods are ready, which is when a controller has had its chance */
    private Supplier<LoadBalancers> balancers(OffClusterClients offCluster) {
        Optional<RoutedAddresses> own = offCluster.loadBalancerAddresses();
        if (own.isPresent()) {
            LoadBalancers routed = new LoadBalancers.Routed(client, own.get(), nodes.get(0));
            return () -> routed;
        }
        LoadBalancerProbe probe = new LoadBalancerProbe(
                client,
                run,
                KubernetesService.wanted(
                        run,
                        "load-balancer-probe",
                        ServiceSpec.loadBalancer(ServiceSpec.ExternalTrafficPolicy.CLUSTER),
                        run.labels(EchoPods.BACKEND),
                        loadBalancerPorts.next()));
        return () -> probe.end(options.startup());
    }

    private void startPods() {
        List<Pod> wanted = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            for (int j = 1; i < NODES_WITH_ENDPOINTS && j <= ENDPOINTS_PER_NODE; j++) {
                wanted.add(specifications.backend("echo-%d-%d".formatted(i + 1, j), nodes.get(i)));
            }
            wanted.add(specifications.client("client-" + (i + 1), nodes.get(i)));
            wanted.add(specifications.hostClient("host-" + (i + 1), nodes.get(i)));
        }
        pods.start(wanted).forEach(this::add);
    }

    private void add(Pod pod) {
        Endpoint at = endpoint(pod);
        switch (pod.getMetadata().getLabels().getOrDefault(Run.ROLE, "")) {
            case EchoPods.BACKEND -> endpoints.add(at);
            case EchoPods.CLIENT -> clients.add(podClient(at, EchoPods.MANAGEMENT_PORT, VantagePoint.POD));
            default -> clients.add(podClient(at, hostPorts.management(), VantagePoint.HOST_NETWORK));
        }
    }

    private Endpoint endpoint(Pod pod) {
        String name = pod.getMetadata().getName();
        Node node = nodes.stream()
                .filter(n -> n.name().equals(pod.getSpec().getNodeName()))
                .findFirst()
                .orElseThrow(() -> new LabException("the pod " + name + " is on none of the run's nodes"));
        return new Endpoint(name, pod.getStatus().getPodIP(), node);
    }

    private PodClient podClient(Endpoint at, int managementPort, VantagePoint from) {
        return new PodClient(
                client,
                run.namespace(),
                at.name(),
                managementPort,
                dialToken,
                at.address(),
                from,
                Optional.of(at.node()));
    }

    @Override
    public Description describe() {
        return new Description(
                "kubernetes",
                Kind.CLUSTER,
                "the cluster at %s, load balancers: %s".formatted(ClusterAccess.place(client), loadBalancers.by()),
                "Kubernetes " + version);
    }

    @Override
    public Timing timing() {
        return options.timing();
    }

    @Override
    public List<Node> nodes() {
        return nodes;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.copyOf(endpoints);
    }

    @Override
    public List<Client> clients(VantagePoint from) {
        return clients.stream().filter(c -> c.vantagePoint() == from).toList();
    }

    @Override
    public Client clientIn(Endpoint endpoint) {
        return podClient(endpoint, EchoPods.MANAGEMENT_PORT, VantagePoint.POD);
    }

    @Override
    public Service create(ServiceSpec spec) {
        return create(spec, run.labels(EchoPods.BACKEND));
    }

    @Override
    public Service create(ServiceSpec spec, Workload workload) {
        if (!(workload instanceof KubernetesWorkload own)) {
            throw new IllegalArgumentException("another lab's workload");
        }
        return create(spec, own.selector());
    }

    private Service create(ServiceSpec spec, Map<String, String> selector) {
        String name = "svc-" + created.incrementAndGet();
        return KubernetesService.create(client, slices, loadBalancers, run, name, spec, selector, loadBalancerPorts);
    }

    @Override
    public Workload deploy(List<Node> placement) {
        String name = "work-" + deployed.incrementAndGet();
        KubernetesWorkload workload = new KubernetesWorkload(name, run, specifications, pods, this::endpoint);
        workload.start(placement);
        return workload;
    }

    @Override
    public LoadBalancing loadBalancing() {
        return loadBalancers.kind();
    }

    @Override
    public Optional<String> keep() {
        kept = true;
        return Optional.of("the namespace %s stays; 'kube-echo cleanup' removes it".formatted(run.namespace()));
    }

    @Override
    public void diagnose(Path folder) throws IOException {
        new Diagnostics(client, run.namespace(), slices).write(folder);
        if (options.nodeRules().isPresent()) {
            NodeRules.write(options.nodeRules().get(), nodes, folder);
        }
    }

    /**
     * Removes the namespace and waits until it is gone. An interrupt does not cut this short: it is what Ctrl-C is followed
     * by.
     */
    @Override
    public void close() {
        try {
            CompletableFuture.runAsync(this::release).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof LabException failed ? failed : e;
        }
    }

    private void release() {
        Removal removal = new Removal();
        for (AutoCloseable resource : opened) {
            removal.step("ending what the run had open", resource::close);
        }
        if (namespaceMade && !kept) {
            removal.step("removing the namespace", this::removeNamespace);
        }
        removal.step("ending the connection to the cluster", client::close);
        removal.end();
    }

    private void removeNamespace() {
        try {
            Leftovers.removeNamespace(client, run.namespace());
        } catch (LabException e) {
            LabException failed = new LabException(
                    "the namespace %s could not be removed (%s); 'kube-echo cleanup --run %s' tries again"
                            .formatted(run.namespace(), e.getMessage(), run.id()),
                    e);
            for (Throwable also : e.getSuppressed()) {
                failed.addSuppressed(also);
            }
            throw failed;
        }
    }
}
