package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kubeecho.output.PlainText;
import io.kubeecho.output.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Keeps what the cluster looked like at the moment of a failure, for those who have to find out why. */
final class Diagnostics {

    private final KubernetesClient client;
    private final String namespace;
    private final EndpointSlices slices;

    Diagnostics(KubernetesClient client, String namespace, EndpointSlices slices) {
        this.client = client;
        this.namespace = namespace;
        this.slices = slices;
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("logs"));
        write(
                folder.resolve("services.yaml"),
                () -> Serialization.asYaml(
                        client.services().inNamespace(namespace).list()));
        write(
                folder.resolve("pods.yaml"),
                () -> Serialization.asYaml(client.pods().inNamespace(namespace).list()));
        write(
                folder.resolve("events.yaml"),
                () -> Serialization.asYaml(
                        client.v1().events().inNamespace(namespace).list()));
        write(
                folder.resolve("nodes.yaml"),
                () -> Serialization.asYaml(client.nodes().list()));
        WholeFile.write(
                folder.resolve("endpoints-over-time.txt"),
                slices.history().stream()
                        .map(c -> "%s %s %s%n".formatted(c.at(), c.service(), c.what()))
                        .collect(Collectors.joining()));
        for (Pod pod : client.pods().inNamespace(namespace).list().getItems()) {
            String name = pod.getMetadata().getName();
            write(
                    folder.resolve("logs").resolve(name + ".log"),
                    () -> client.pods().inNamespace(namespace).withName(name).getLog());
            if (hasRestarted(pod)) {
                write(
                        folder.resolve("logs").resolve(name + ".previous.log"),
                        () -> client.pods()
                                .inNamespace(namespace)
                                .withName(name)
                                .terminated()
                                .getLog());
            }
        }
    }

    private static boolean hasRestarted(Pod pod) {
        return pod.getStatus().getContainerStatuses().stream().anyMatch(c -> c.getRestartCount() > 0);
    }

    /** What cannot be had is said in its place: the rest may still tell. */
    private static void write(Path file, Supplier<String> content) throws IOException {
        String text;
        try {
            text = content.get();
        } catch (KubernetesClientException e) {
            text = "not to be had: " + e.getMessage();
        }
        // pods log what clients send, and events quote anybody
        WholeFile.write(file, PlainText.ofLines(text));
    }
}
