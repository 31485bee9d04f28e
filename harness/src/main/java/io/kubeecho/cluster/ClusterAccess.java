package io.kubeecho.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.VersionInfo;
import io.kubeecho.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** Opens a connection to a cluster's API, and says in one line why an answer could not be had. */
public final class ClusterAccess {

    private static final int REQUEST_TIMEOUT_MILLIS = 20_000;

    private ClusterAccess() {}

    /** @throws LabException if the configuration is no use, or nobody answers */
    public static KubernetesClient open(Optional<Path> kubeconfig, Optional<String> context) {
        Config config = config(kubeconfig, context);
        config.setRequestTimeout(REQUEST_TIMEOUT_MILLIS);
        config.setConnectionTimeout(5_000);
        config.setRequestRetryBackoffLimit(2);
        KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build();
        try {
            VersionInfo version = ask("reading the version", client::getKubernetesVersion);
            if (version == null) {
                throw new LabException("what answers at " + config.getMasterUrl() + " is no Kubernetes API");
            }
            return client;
        } catch (LabException e) {
            client.close();
            throw e;
        }
    }

    private static Config config(Optional<Path> kubeconfig, Optional<String> context) {
        Config config = kubeconfig.isPresent()
                ? fromFile(kubeconfig.get(), context)
                : Config.autoConfigure(context.orElse(null));
        // an unknown context is passed over by the library, and some other cluster would be tested
        context.filter(wanted -> config.getCurrentContext() == null
                        || !wanted.equals(config.getCurrentContext().getName()))
                .ifPresent(wanted -> {
                    throw new LabException("the kubeconfig has no context '" + wanted + "'");
                });
        return config;
    }

    private static Config fromFile(Path file, Optional<String> context) {
        if (!Files.isReadable(file)) {
            throw new LabException("cannot read the kubeconfig " + file);
        }
        try {
            // the library has only a NullPointerException to say about it
            if (Files.readString(file).isBlank()) {
                throw new LabException("the kubeconfig " + file + " is empty");
            }
            return Config.fromKubeconfig(context.orElse(null), file.toFile());
        } catch (KubernetesClientException e) {
            throw new LabException("the kubeconfig " + file + " is no use: " + rootCause(e), e);
        } catch (IOException e) {
            throw new LabException("cannot read the kubeconfig " + file + ": " + e, e);
        }
    }

    /**
     * Asks the API for something.
     *
     * @param doing what the request is for, as the user would say it
     * @throws LabException saying what failed and what to do
     */
    public static <T> T ask(String doing, Supplier<T> request) {
        try {
            return request.get();
        } catch (KubernetesClientException e) {
            throw failed(doing, e);
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

    private static String rootCause(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return firstLine(message == null ? cause.getClass().getSimpleName() : message);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text);
    }
}
