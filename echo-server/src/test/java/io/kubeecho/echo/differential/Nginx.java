package io.kubeecho.echo.differential;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real nginx with the one location of echo-nginx, in a folder of its own and on a port of 127.0.0.1. */
final class Nginx implements AutoCloseable {

    private static final List<Path> PLACES = List.of(Path.of("/usr/sbin/nginx"), Path.of("/usr/bin/nginx"));

    private final Process process;
    private final int port;
    private final Path accessLog;

    private Nginx(Process process, int port, Path accessLog) {
        this.process = process;
        this.port = port;
        this.accessLog = accessLog;
    }

    static boolean installed() {
        return binary().isPresent();
    }

    private static Optional<Path> binary() {
        return PLACES.stream().filter(Files::isExecutable).findFirst();
    }

    static Nginx start(Path folder) throws IOException, InterruptedException {
        int port = freePort();
        Path configuration = folder.resolve("nginx.conf");
        Path accessLog = folder.resolve("access.log");
        Path errorLog = folder.resolve("error.log");
        Files.writeString(configuration, configuration(folder, port, accessLog));
        Process process = new ProcessBuilder(
                        binary().orElseThrow().toString(), "-c", configuration.toString(), "-e", errorLog.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nginx.out").toFile())
                .start();
        for (int i = 0; i < 100; i++) {
            if (!process.isAlive()) {
                throw new IOException("nginx ended: " + Files.readString(errorLog));
            }
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return new Nginx(process, port, accessLog);
            } catch (IOException notYet) {
                Thread.sleep(50);
            }
        }
        process.destroy();
        throw new IOException("nginx does not listen");
    }

    private static String configuration(Path folder, int port, Path accessLog) {
        String temporaryFolders = String.join(
                "\n",
                Stream.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
                        .map(name -> "  " + name + "_temp_path " + folder.resolve(name) + ";")
                        .toList());
        return String.join(
                "\n",
                "daemon off; master_process off;",
                "pid " + folder.resolve("nginx.pid") + ";",
                "events { worker_connections 512; }",
                "http {",
                temporaryFolders,
                "  types {} default_type text/plain;",
                "  log_format main '$remote_addr - $remote_user [$time_local] \"$request\" '",
                "    '$status $body_bytes_sent \"$http_referer\" '",
                "    '\"$http_user_agent\" \"$http_x_forwarded_for\"';",
                "  access_log " + accessLog + " main;",
                "  server {",
                "    listen 127.0.0.1:" + port + ";",
                "    server_name _;",
                "    location / {",
                "      return 200 \"Host=$host  Path=$request_uri  From=$hostname  ClientIP=$remote_addr"
                        + "  XFF=$http_x_forwarded_for\\n\";",
                "    }",
                "  }",
                "}",
                "");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    Path accessLog() {
        return accessLog;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
