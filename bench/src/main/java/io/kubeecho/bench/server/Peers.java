package io.kubeecho.bench.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the echo server is compared with. Ports are on 127.0.0.1. */
public final class Peers {

    private static final String ECHO_LINE =
            "Host=$host  Path=$request_uri  From=$hostname  ClientIP=$remote_addr  XFF=$http_x_forwarded_for";

    private final Path folder;
    private final String java;

    /**
     * Peers whose files are in {@code folder}.
     *
     * @param java runs the ones in Java, from the class path of this program
     */
    public Peers(Path folder, String java) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.java = java;
    }

    /** Debian's nginx with the one location of echo-nginx, the image's own settings around it, and one worker. */
    public Server nginx(int port, boolean accessLog) throws IOException {
        return nginx(accessLog ? "nginx, access log on" : "nginx", port, accessLog, 1, "");
    }

    /** The same without access log, with a number of workers. */
    public Server nginx(int port, int workers) throws IOException {
        return nginx("nginx, " + workers + " worker(s)", port, false, workers, "");
    }

    /** The same without access log, with ports for TLS and HTTP/2, and connections that carry any number of requests. */
    public Server nginxWithTlsAndHttp2(int port, Certificate certificate) throws IOException {
        String more =
                """
                    keepalive_requests 999999999;
                    listen 127.0.0.1:%d ssl; ssl_certificate %s; ssl_certificate_key %s;
                    listen 127.0.0.1:%d http2;
                """.formatted(port + Server.TLS_ABOVE, certificate.chain(), certificate.key(), port + Server.H2C_ABOVE);
        return nginx("nginx", port, false, 1, more);
    }

    private Server nginx(String name, int port, boolean accessLog, int workers, String more) throws IOException {
        Path temporary = Files.createDirectories(folder.resolve("nginx-" + port));
        String conf = """
                daemon off; worker_processes %5$d; user root;
                pid %1$s/pid; error_log %1$s/error.log notice;
                events { worker_connections 20000; }
                http {
                  client_body_temp_path %1$s/1; proxy_temp_path %1$s/2; fastcgi_temp_path %1$s/3;
                  uwsgi_temp_path %1$s/4; scgi_temp_path %1$s/5;
                  default_type application/octet-stream; sendfile on; keepalive_timeout 65;
                  log_format main '$remote_addr - $remote_user [$time_local] "$request" '
                    '$status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for"';
                  access_log %2$s;
                  server {
                    listen 127.0.0.1:%3$d;
                    %6$s
                    location / { default_type text/plain; return 200 "%4$s\\n"; }
                  }
                }
                """.formatted(temporary, accessLog ? "/dev/stdout main" : "off", port, ECHO_LINE, workers, more);
        Path file = Files.writeString(temporary.resolve("nginx.conf"), conf);
        return new Server(
                name,
                List.of("nginx", "-e", temporary + "/error.log", "-c", file.toString()),
                Map.of(),
                port,
                accessLog ? Server.Output.PIPE : Server.Output.NOWHERE);
    }

    /** Debian's HAProxy, which answers the same line by {@code http-request return}, on one thread. */
    public Server haproxy(int port) throws IOException {
        String conf = """
                global
                  nbthread 1
                  maxconn 4000
                defaults
                  mode http
                  timeout client 65s
                  timeout http-keep-alive 65s
                frontend echo
                  bind 127.0.0.1:%d
                  http-request return status 200 content-type text/plain lf-string "Host=%%[req.hdr(host),field(1,:),lower]  Path=%%[pathq]  From=%%[hostname]  ClientIP=%%[src]  XFF=%%[req.hdr(x-forwarded-for)]\\n"
                """.formatted(port);
        Path file = Files.writeString(folder.resolve("haproxy-" + port + ".cfg"), conf);
        return new Server(
                "HAProxy", List.of("haproxy", "-db", "-f", file.toString()), Map.of(), port, Server.Output.NOWHERE);
    }

    /** The JDK's own HTTP server: the floor. */
    public Server jdk(int port) {
        return java("JDK HttpServer", "io.kubeecho.bench.peer.JdkEcho", port);
    }

    /** Vert.x's own HTTP server with the line as one concatenation: what one would write first. */
    public Server vertx(int port) {
        return java("Vert.x HttpServer, naive", "io.kubeecho.bench.peer.VertxEcho", port);
    }

    /** The echo server on io_uring, from the class path and so without AOT cache. */
    public Server ioUring(int port) {
        return java("io_uring instead of epoll", "io.kubeecho.bench.peer.IoUringEcho", port);
    }

    private Server java(String name, String main, int port) {
        return new Server(
                name,
                List.of(
                        java,
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main,
                        String.valueOf(port)),
                Map.of(),
                port,
                Server.Output.NOWHERE);
    }
}
