package io.kubeecho.bench.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The echo server as its image has it: the same files with the same options, user and environment, started in the
 * image's unpacked root instead of in a container, so that no network of Docker's is measured with it.
 */
public final class EchoServers {

    /** {@code chroot} into the image with a /proc and a /dev of its own mount namespace; needs root. */
    private static final String IN_ROOT = "mount --rbind /proc \"$0/proc\" && mount --rbind /dev \"$0/dev\""
            + " && exec chroot --userspec=65532:65532 \"$0\" \"$@\"";

    private static final String JAVA = "/opt/java/bin/java";
    private static final String OPTIONS = "@/app/java.options";

    private final Path root;
    private final int port;

    /**
     * The servers of an image.
     *
     * @param root where the image is unpacked
     * @throws IOException when it is not
     */
    public EchoServers(Path root, int port) throws IOException {
        if (!Files.isExecutable(root.resolve("opt/java/bin/java"))) {
            throw new IOException("no unpacked image in " + root + "; bench/run makes it");
        }
        this.root = root;
        this.port = port;
    }

    /** As the image is, but without access log. */
    public Server quiet() {
        return with("kube-echo", List.of(), Map.of("KUBE_ECHO_ACCESS_LOG", "off"), Server.Output.NOWHERE);
    }

    /** With the ports for TLS and HTTP/2, and connections that carry any number of requests. */
    public Server withTlsAndHttp2(Certificate certificate) throws IOException {
        // in the image's own root, and for its user
        Path folder = Files.createDirectories(root.resolve("tls"));
        for (Path file : List.of(certificate.chain(), certificate.key())) {
            Path copy = folder.resolve(file.getFileName());
            Files.write(copy, Files.readAllBytes(file));
        }
        return variant(
                "kube-echo",
                List.of(),
                Map.of(
                        "KUBE_ECHO_TLS_PORT",
                        String.valueOf(port + Server.TLS_ABOVE),
                        "KUBE_ECHO_TLS_CERTIFICATE",
                        "/tls/" + certificate.chain().getFileName(),
                        "KUBE_ECHO_TLS_KEY",
                        "/tls/" + certificate.key().getFileName(),
                        "KUBE_ECHO_H2C_PORT",
                        String.valueOf(port + Server.H2C_ABOVE),
                        "KUBE_ECHO_KEEPALIVE_REQUESTS",
                        "999999999"));
    }

    /** As the image is, with its access log into a pipe. */
    public Server logging() {
        return with("kube-echo, access log on", List.of(), Map.of(), Server.Output.PIPE);
    }

    /**
     * A variant without access log.
     *
     * @param jvmOptions come after the image's own, so they win
     */
    public Server variant(String name, List<String> jvmOptions, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.putIfAbsent("KUBE_ECHO_ACCESS_LOG", "off");
        return with(name, jvmOptions, all, Server.Output.NOWHERE);
    }

    /**
     * Another jar in the image's {@code /app}, without access log and without the AOT cache, which is for one jar only.
     *
     * @param jar its file name
     */
    public Server ofJar(String jar, Map<String, String> environment) throws IOException {
        Path app = root.resolve("app");
        String options = Files.readString(app.resolve("java.options"))
                .replaceAll("-XX:AOTCache=.*", "")
                .replace("/app/echo-server.jar", "/app/" + jar);
        Files.writeString(app.resolve(jar + ".options"), options);
        Map<String, String> all = new HashMap<>(environment);
        all.putIfAbsent("KUBE_ECHO_ACCESS_LOG", "off");
        return with(jar, "@/app/" + jar + ".options", List.of(), all, Server.Output.NOWHERE);
    }

    private Server with(String name, List<String> jvmOptions, Map<String, String> environment, Server.Output log) {
        return with(name, OPTIONS, jvmOptions, environment, log);
    }

    private Server with(
            String name, String options, List<String> jvmOptions, Map<String, String> environment, Server.Output log) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("NGINX_PORT", String.valueOf(port));
        all.put("KUBE_ECHO_HOST", "127.0.0.1");
        all.put("KUBE_ECHO_MANAGEMENT_PORT", String.valueOf(port + 1));
        all.put("KUBE_ECHO_DRAIN_DELAY", "0s");
        all.put("MALLOC_ARENA_MAX", "1");
        // options behind the -jar of the file would be the server's: _JAVA_OPTIONS is read after all others
        if (!jvmOptions.isEmpty()) {
            all.put("_JAVA_OPTIONS", String.join(" ", jvmOptions));
        }
        List<String> command =
                new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", IN_ROOT, root.toString(), JAVA, options));
        return new Server(name, command, all, port, log);
    }
}
