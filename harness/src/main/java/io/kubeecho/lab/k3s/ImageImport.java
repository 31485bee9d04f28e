package io.kubeecho.lab.k3s;

import com.github.dockerjava.api.DockerClient;
import io.kubeecho.lab.LabException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;

/**
 * Puts an image of the Docker engine into a node's containerd. The engine's tar is unpacked in the node as it comes and packed
 * again there, so that nothing is kept on this machine: sent to the import's standard input it would never end, as Docker's
 * client does not close its side.
 */
final class ImageImport {

    private static final String FOLDER = "/var/lib/rancher/kube-echo-image";

    /**
     * Of an image that was pulled for several platforms, an engine with containerd's image store gives out the index of all
     * and the layers of one, which an import of the whole refuses. Old versions of ctr do not know the flag, and old engines
     * no such images.
     */
    private static final String IMPORT = """
            cd %s && case $(uname -m) in x86_64) arch=amd64 ;; aarch64) arch=arm64 ;; *) arch=$(uname -m) ;; esac
            if ctr images import --help | grep -q -e '--platform'; then platform="--platform linux/$arch"; else platform=; fi
            tar cf - * | ctr -n k8s.io images import $platform -
            """.formatted(FOLDER);

    private final DockerClient docker;
    private final GenericContainer<?> node;
    private final Steps steps;

    ImageImport(DockerClient docker, GenericContainer<?> node, Steps steps) {
        this.steps = steps;
        this.docker = docker;
        this.node = node;
    }

    /** @throws LabException if the node does not take it */
    void run(String nodeName, String image) {
        try {
            inNode(nodeName, image, "mkdir -p " + FOLDER);
            try (InputStream tar = untilStopped(docker.saveImageCmd(image).exec())) {
                docker.copyArchiveToContainerCmd(node.getContainerId())
                        .withRemotePath(FOLDER)
                        .withTarInputStream(tar)
                        .exec();
            }
            inNode(nodeName, image, IMPORT);
            inNode(nodeName, image, "rm -rf " + FOLDER);
        } catch (IOException e) {
            throw DockerProblem.of("bringing the image %s to %s".formatted(image, nodeName), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while bringing the image to " + nodeName, e);
        }
    }

    /** A hundred megabytes take seconds, and a run that is to stop does not wait for them. */
    private InputStream untilStopped(InputStream tar) {
        return new FilterInputStream(tar) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                if (steps.isStopped()) {
                    throw new InterruptedIOException("interrupted");
                }
                return super.read(buffer, offset, length);
            }
        };
    }

    private void inNode(String nodeName, String image, String command) throws IOException, InterruptedException {
        ExecResult result = node.execInContainer("sh", "-c", command);
        if (result.getExitCode() != 0) {
            throw new LabException("the node %s does not take the image %s: %s"
                    .formatted(nodeName, image, lastLine(result.getStderr() + result.getStdout())));
        }
    }

    private static String lastLine(String text) {
        return text.strip().lines().reduce("", (before, last) -> last);
    }
}
