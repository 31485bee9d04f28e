package io.kubeecho.bench.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A certificate for this run, of ECDSA on P-256, which both servers show.
 *
 * @param chain PEM
 * @param key PEM
 */
public record Certificate(Path chain, Path key) {

    /** Makes one by {@code openssl}, or takes the one that was made before. */
    public static Certificate in(Path folder) throws IOException {
        Certificate made = new Certificate(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        if (Files.exists(made.chain)) {
            return made;
        }
        Process openssl = new ProcessBuilder(List.of(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=127.0.0.1",
                        "-keyout",
                        made.key.toString(),
                        "-out",
                        made.chain.toString()))
                .redirectErrorStream(true)
                .start();
        String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (openssl.waitFor() != 0) {
                throw new IOException("openssl: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while openssl ran", e);
        }
        return made;
    }
}
