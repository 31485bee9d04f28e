package io.kubeecho.bench.part;

import io.kubeecho.bench.server.Certificate;
import io.kubeecho.bench.server.EchoServers;
import io.kubeecho.bench.server.Peers;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What the parts measure with.
 *
 * @param imageRoot where the image is unpacked
 * @param image its name, for the engine
 * @param echo the image's server, on its port
 * @param peers what it is compared with
 * @param peerPort the first of the ports for peers
 * @param rounds how often each comparison is made; a ratio's interval needs at least 10
 * @param java runs what is not in the image
 * @param harness the jar of {@code kube-echo}
 * @param work for files that a part needs while it runs
 */
public record Bench(
        Path imageRoot,
        String image,
        EchoServers echo,
        Peers peers,
        int peerPort,
        int rounds,
        String java,
        Path harness,
        Path work) {

    /** For the ports with TLS. */
    Certificate certificate() throws IOException {
        return Certificate.in(work);
    }
}
