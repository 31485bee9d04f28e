package io.kubeecho.lab.k3s;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Info;
import io.kubeecho.lab.LabException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.ImageNameSubstitutor;

/**
 * The Docker engine that Testcontainers would use, found as it finds it, but asked before it starts anything: so that what is
 * missing is said in one line.
 */
final class DockerEngine {

    private static final long MEBIBYTE = 1L << 20;

    /** What was needed with margin: the server with its control plane, each agent, and the run's pods and clients. */
    private static final long SERVER_MEBIBYTES = 1000;

    private static final long AGENT_MEBIBYTES = 250;
    private static final long PODS_MEBIBYTES = 750;

    private final DockerClient client;
    private final Info info;

    /** How an image's absence is put right. */
    record Remedy(String text) {}

    private DockerEngine(DockerClient client, Info info) {
        this.client = client;
        this.info = info;
    }

    /** @throws LabException if there is none to be had */
    static DockerEngine open() {
        List<DockerClientProviderStrategy> strategies = new ArrayList<>();
        ServiceLoader.load(DockerClientProviderStrategy.class).forEach(strategies::add);
        try {
            DockerClientProviderStrategy strategy = DockerClientProviderStrategy.getFirstValidStrategy(strategies);
            if (isAnother(strategy.getTransportConfig().getDockerHost(), System.getenv("DOCKER_HOST"))) {
                throw new IllegalStateException("only another engine than DOCKER_HOST's answers");
            }
            return new DockerEngine(strategy.getDockerClient(), strategy.getInfo());
        } catch (RuntimeException e) {
            throw new LabException(absence(System.getenv(), Path.of("/var/run/docker.sock")), e);
        }
    }

    /** Testcontainers goes on looking when nothing answers there; who named an engine did not mean another one. */
    static boolean isAnother(URI found, @Nullable String wanted) {
        if (wanted == null || wanted.isBlank() || wanted.startsWith("ssh:")) {
            return false;
        }
        return !found.equals(URI.create(wanted.strip()));
    }

    /** Why there is no Docker, as far as can be told without one. */
    static String absence(Map<String, String> environment, Path defaultSocket) {
        String host = environment.getOrDefault("DOCKER_HOST", "");
        if (!host.isEmpty() && !host.startsWith("unix://")) {
            return "no Docker engine answers at DOCKER_HOST=" + host;
        }
        Path socket = host.isEmpty() ? defaultSocket : Path.of(host.substring("unix://".length()));
        if (!Files.exists(socket)) {
            return "there is no Docker engine: %s is not there; start Docker, or set DOCKER_HOST".formatted(socket);
        }
        if (!Files.isReadable(socket) || !Files.isWritable(socket)) {
            return "no permission to use Docker: %s is not this user's to write; add the user to the socket's group (%s)"
                    .formatted(socket, group(socket));
        }
        return "the Docker engine at %s does not answer".formatted(socket);
    }

    private static String group(Path socket) {
        try {
            return String.valueOf(Files.getAttribute(socket, "posix:group"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return "docker";
        }
    }

    DockerClient client() {
        return client;
    }

    String version() {
        return String.valueOf(info.getServerVersion());
    }

    /** {@code 1} or {@code 2}; an engine that does not say it, before 20.10, has 1. */
    String cgroupVersion() {
        String version = info.getCGroupVersion();
        return version == null || version.isEmpty() ? "1" : version;
    }

    /** @throws LabException if Docker has too little for a server with so many agents */
    void requireMemory(int agents) {
        Long total = info.getMemTotal();
        if (total != null && total > 0) {
            memoryLack(total / MEBIBYTE, agents).ifPresent(lack -> {
                throw new LabException(lack);
            });
        }
    }

    static Optional<String> memoryLack(long mebibytes, int agents) {
        long needed = SERVER_MEBIBYTES + agents * AGENT_MEBIBYTES + PODS_MEBIBYTES;
        return mebibytes >= needed
                ? Optional.empty()
                : Optional.of("too little memory: Docker has %d MiB, a server with %d agents and the pods need %d MiB"
                        .formatted(mebibytes, agents, needed));
    }

    /** The name under which Testcontainers will look for an image, which a mirror's prefix may change. */
    static String substituted(String image) {
        return ImageNameSubstitutor.instance()
                .apply(DockerImageName.parse(image))
                .asCanonicalNameString();
    }

    boolean hasImage(String image) {
        try {
            client.inspectImageCmd(image).exec();
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    /**
     * Pulls an image that is not there. Testcontainers would too, but it tries again for two minutes before it says why not.
     *
     * @param say for a line that says so, since a pull takes its time
     * @param stopped asked while waiting
     * @throws LabException if it cannot be had
     */
    void requireImage(String image, Remedy remedy, Consumer<String> say, BooleanSupplier stopped) {
        if (hasImage(image)) {
            return;
        }
        say.accept("pulling the image " + image);
        DockerImageName name = DockerImageName.parse(image);
        PullImageResultCallback pull = client.pullImageCmd(name.getUnversionedPart())
                .withTag(name.getVersionPart())
                .exec(new PullImageResultCallback());
        try (pull) {
            while (!pull.awaitCompletion(200, TimeUnit.MILLISECONDS)) {
                if (stopped.getAsBoolean()) {
                    throw new LabException("interrupted while pulling " + image);
                }
            }
            if (!hasImage(image)) {
                throw new LabException("the image %s cannot be had; %s".formatted(image, remedy.text()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while pulling " + image, e);
        } catch (IOException | DockerException e) {
            throw notToBeHad(image, remedy, e);
        } catch (RuntimeException e) {
            throw e instanceof LabException known ? known : notToBeHad(image, remedy, e);
        }
    }

    private static LabException notToBeHad(String image, Remedy remedy, Exception e) {
        return new LabException(
                "the image %s cannot be had (%s); %s".formatted(image, DockerProblem.text(e), remedy.text()), e);
    }
}
