package io.kubeecho.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.VersionInfo;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.kubeecho.lab.LabException;
import io.vertx.core.VertxException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Opens a connection to a cluster's API, and says in one line why an answer could not be had.
 *
 * <p>The library sends no request a second time: it would not tell reads from what makes something, and a plan that is
 * dialled twice, or an object that is made twice, looks like a fault of the cluster's. What may be asked again is asked again
 * here.
 */
public final class ClusterAccess {

    private static final int REQUEST_TIMEOUT_MILLIS = 20_000;

    /** How often a request that may be sent again is. */
    private static final int REPEATS = 2;

    private static final long FIRST_PAUSE_MILLIS = 300;

    private static final Path SERVICE_ACCOUNT = Path.of(Config.KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH);

    private ClusterAccess() {}

    /** @throws LabException if the configuration is no use, or nobody answers */
    public static KubernetesClient open(Optional<Path> kubeconfig, Optional<String> context) {
        Config config = config(kubeconfig, context);
        config.setRequestTimeout(REQUEST_TIMEOUT_MILLIS);
        config.setConnectionTimeout(5_000);
        config.setRequestRetryBackoffLimit(0);
        KubernetesClient client = client(config);
        try {
            VersionInfo version = ask("reading the version", client::getKubernetesVersion);
            if (version == null) {
                throw new LabException("what answers at " + place(client) + " is no Kubernetes API");
            }
            return client;
        } catch (LabException e) {
            client.close();
            throw e;
        }
    }

    /** Where a cluster's API is, without what a URL may hold of a password. */
    public static String place(KubernetesClient client) {
        URI master = URI.create(client.getMasterUrl().toString());
        return master.getScheme() + "://" + master.getHost() + (master.getPort() < 0 ? "" : ":" + master.getPort())
                + Optional.ofNullable(master.getRawPath()).orElse("");
    }

    private static KubernetesClient client(Config config) {
        try {
            return new KubernetesClientBuilder().withConfig(config).build();
        } catch (RuntimeException e) {
            // not as the cause: its message may quote what it could not read
            throw new LabException("the kubeconfig is no use: its certificates and keys do not go together");
        }
    }

    private static Config config(Optional<Path> kubeconfig, Optional<String> context) {
        List<Path> files = kubeconfig.map(List::of).orElseGet(ClusterAccess::filesOfTheEnvironment);
        if (!files.isEmpty()) {
            Kubeconfig.read(files).require(context);
        } else if (!Files.isReadable(SERVICE_ACCOUNT)) {
            throw new LabException("there is no kubeconfig: %s; name one with --kubeconfig"
                    .formatted(
                            System.getenv("KUBECONFIG") == null
                                    ? "KUBECONFIG is not set, and there is no ~/.kube/config"
                                    : "KUBECONFIG names no file that is there"));
        }
        try {
            Config config = kubeconfig.isPresent()
                    ? Config.fromKubeconfig(
                            context.orElse(null), kubeconfig.get().toFile())
                    : Config.autoConfigure(context.orElse(null));
            // an unknown context is passed over by the library, and some other cluster would be tested
            context.filter(wanted -> config.getCurrentContext() == null
                            || !wanted.equals(config.getCurrentContext().getName()))
                    .ifPresent(wanted -> {
                        throw new LabException("there is no context '" + wanted + "': "
                                + (files.isEmpty()
                                        ? "inside a pod its ServiceAccount is used"
                                        : "the files have none"));
                    });
            return config;
        } catch (LabException e) {
            throw e;
        } catch (RuntimeException e) {
            // not as the cause: its message may quote the file
            throw new LabException("the kubeconfig %s is no use: its user's credentials cannot be had"
                    .formatted(files.isEmpty() ? SERVICE_ACCOUNT : files.get(0)));
        }
    }

    private static List<Path> filesOfTheEnvironment() {
        return Config.getKubeconfigFilenames().stream()
                .filter(name -> !name.isBlank())
                .map(Path::of)
                .filter(Files::exists)
                .toList();
    }

    /**
     * Asks the API for something, again where the cluster or the way to it is at fault for a moment. The request has to be
     * one that does the same however often it is sent: a read, a deletion by name, a change to given values.
     *
     * @param doing what the request is for, as the user would say it
     * @throws LabException saying what failed and what to do
     */
    public static <T> T ask(String doing, Supplier<T> request) {
        for (int repeats = 0; ; repeats++) {
            try {
                return request.get();
            } catch (KubernetesClientException e) {
                if (repeats == REPEATS || !mayPass(e) || !paused(repeats)) {
                    throw failed(doing, e);
                }
            }
        }
    }

    /**
     * Makes an object with a name that only its maker gives. When the answer is lost it may be there or not; so it is looked
     * for, and only when it is not there the request is sent again.
     *
     * @param isOurs whether an object of that name is the one that was to be made
     * @return it as it is in the cluster
     * @throws LabException saying what failed and what to do
     */
    public static <T extends HasMetadata> T create(String doing, Resource<T> wanted, Predicate<T> isOurs) {
        for (int repeats = 0; ; repeats++) {
            try {
                return wanted.create();
            } catch (KubernetesClientException e) {
                if (e.getCode() != 409 && !mayPass(e)) {
                    throw failed(doing, e);
                }
                Optional<T> there = Optional.ofNullable(ask(doing, wanted::get));
                if (there.filter(isOurs).isPresent()) {
                    return there.get();
                }
                if (there.isPresent() || repeats == REPEATS || !paused(repeats)) {
                    throw failed(doing, e);
                }
            }
        }
    }

    /** Whether the API said of a request that nothing will come of it. */
    public static boolean isRefusal(LabException failure) {
        return failure.getCause() instanceof KubernetesClientException e && e.getCode() >= 400 && e.getCode() < 500;
    }

    /** Whether the same request may be answered a moment later: too many of them, a server's error, a lost connection. */
    private static boolean mayPass(KubernetesClientException e) {
        if (e instanceof KubernetesClientTimeoutException) {
            return false;
        }
        boolean unanswered = e.getCode() <= 0 && e.getStatus() == null && !isInterrupt(e);
        return unanswered || e.getCode() == 429 || e.getCode() >= 500;
    }

    private static boolean isInterrupt(KubernetesClientException e) {
        return Thread.currentThread().isInterrupted() || cause(e) instanceof InterruptedException;
    }

    /** @return whether nobody interrupted it */
    private static boolean paused(int repeats) {
        try {
            Thread.sleep(FIRST_PAUSE_MILLIS << repeats);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What to throw when a request that was for {@code doing} failed. */
    public static LabException failed(String doing, KubernetesClientException e) {
        return new LabException(doing + " failed: " + reason(e), e);
    }

    private static String reason(KubernetesClientException e) {
        return switch (e.getCode()) {
            case 401 -> "the cluster does not accept these credentials; check the kubeconfig and its context";
            case 403 -> "forbidden; kube-echo needs the rights of k8s/rbac (" + firstLine(message(e)) + ")";
            default ->
                e.getStatus() == null
                        ? "the cluster cannot be reached (" + rootCause(e) + "); check the kubeconfig and its context"
                        : firstLine(message(e));
        };
    }

    private static String message(KubernetesClientException e) {
        return e.getStatus() != null && e.getStatus().getMessage() != null
                ? e.getStatus().getMessage()
                : String.valueOf(e.getMessage());
    }

    /** Only what is known to speak of the network is told in its words: other messages may quote a token. */
    private static String rootCause(Throwable e) {
        Throwable cause = cause(e);
        String message = cause.getMessage();
        boolean ofTheNetwork = cause instanceof IOException
                || cause instanceof GeneralSecurityException
                || cause instanceof VertxException;
        return message == null || !ofTheNetwork ? cause.getClass().getSimpleName() : firstLine(message);
    }

    private static Throwable cause(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text);
    }
}
