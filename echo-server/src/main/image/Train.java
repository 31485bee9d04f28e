import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The training run of the AOT cache: starts the server as the image does, sends it real requests of each kind, and ends
 * it by SIGTERM. What is loaded, linked and called meanwhile is what the cache has.
 *
 * <p>{@code java Train.java PORT MANAGEMENT_PORT COMMAND...}
 */
final class Train {

    private static final int KEEP_ALIVE_REQUESTS = Integer.getInteger("requests", 20_000);
    private static final int NEW_CONNECTIONS = KEEP_ALIVE_REQUESTS / 10;
    private static final int SCRAPES = 20;

    private static int port;

    public static void main(String[] args) throws Exception {
        port = Integer.parseInt(args[0]);
        int managementPort = Integer.parseInt(args[1]);
        // the access log is as long as the training
        Path log = Files.createTempFile("train", ".log");
        Process server = new ProcessBuilder(List.of(args).subList(2, args.length))
                .redirectOutput(log.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        awaitAnswer(server);

        for (String request : requests()) {
            one(port, request);
        }
        keepAlive();
        for (int i = 0; i < NEW_CONNECTIONS; i++) {
            one(port, "GET /new/" + i + " HTTP/1.1\r\nHost: echo:80\r\nConnection: close\r\n\r\n");
        }
        for (int i = 0; i < SCRAPES; i++) {
            for (String path : List.of("/livez", "/readyz", "/metrics", "/nothing")) {
                one(managementPort, "GET " + path + " HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n");
            }
        }

        server.destroy(); // SIGTERM
        if (!server.waitFor(60, TimeUnit.SECONDS) || server.exitValue() != 0) {
            server.destroyForcibly();
            throw new IllegalStateException("the server did not end with 0");
        }
        long lines;
        try (var all = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            lines = all.count();
        }
        System.err.println("trained with " + lines + " requests");
        if (lines < KEEP_ALIVE_REQUESTS + NEW_CONNECTIONS) {
            throw new IllegalStateException("not every request was answered");
        }
    }

    private static List<String> requests() {
        String host = "Host: Echo.Default.svc.cluster.local:8080\r\n";
        String close = "Connection: close\r\n\r\n";
        List<String> requests = new ArrayList<>();
        for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get")) {
            requests.add(method + " /path/a%20b?q=1&r=2 HTTP/1.1\r\n" + host + close);
        }
        for (int size : List.of(0, 1, 1000, 100_000, 1_048_576)) {
            requests.add("POST /body HTTP/1.1\r\n" + host + "Content-Length: " + size + "\r\n" + close + "x".repeat(size));
        }
        requests.add("POST /body HTTP/1.1\r\n" + host + "Content-Length: 1048577\r\n" + close);
        requests.add("POST /expect HTTP/1.1\r\n" + host + "Expect: 100-continue\r\nContent-Length: 4\r\n" + close + "body");
        requests.add("POST /chunks HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n" + close
                + "5\r\nhello\r\n3;extension=1\r\nyou\r\n0\r\nTrailer: 1\r\n\r\n");
        requests.add("POST /chunks HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n" + close + "zz\r\n");
        requests.add("GET /old HTTP/1.0\r\n\r\n");
        requests.add("GET /old HTTP/1.0\r\n" + host + "\r\n");
        requests.add("GET /older\r\n");
        requests.add("GET http://Other.Example:81/absolute?x HTTP/1.1\r\n" + host + close);
        requests.add("GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n" + close);
        requests.add("GET /" + "a".repeat(3000) + " HTTP/1.1\r\n" + host + "X-Forwarded-For: 192.0.2.1\r\n"
                + "X-Forwarded-For: 198.51.100.7, 203.0.113.9\r\nUser-Agent: train/1 \"quoted\"\r\nReferer: http://a/\r\n"
                + "Accept: */*\r\nCookie: a=b\r\n" + close);
        // what is refused
        requests.add("GET / HTTP/1.1\r\n" + close);
        requests.add("GET / HTTP/1.1\r\n" + host + host + close);
        requests.add("GET / HTTP/1.1\r\nHost: a b\r\n" + close);
        requests.add("GET /%zz HTTP/1.1\r\n" + host + close);
        requests.add("GET /../.. HTTP/1.1\r\n" + host + close);
        requests.add("OPTIONS * HTTP/1.1\r\n" + host + close);
        requests.add("GET / HTTP/3.0\r\n" + host + close);
        requests.add("GET /" + "a".repeat(9000) + " HTTP/1.1\r\n" + host + close);
        requests.add("GET / HTTP/1.1\r\n" + host + "X-Long: " + "b".repeat(40_000) + "\r\n" + close);
        requests.add("\u0016\u0003\u0001\u0002 nonsense\r\n\r\n");
        // several in one write
        requests.add(("GET /pipeline HTTP/1.1\r\n" + host + "\r\n").repeat(9) + "GET /last HTTP/1.1\r\n" + host + close);
        return requests;
    }

    private static void awaitAnswer(Process server) throws Exception {
        for (int i = 0; i < 600 && server.isAlive(); i++) {
            try {
                one(port, "GET / HTTP/1.1\r\nHost: first\r\nConnection: close\r\n\r\n");
                return;
            } catch (IOException notYet) {
                Thread.sleep(100);
            }
        }
        throw new IllegalStateException("the server did not start");
    }

    /** Sends this on a connection of its own, and reads until the server closes it. */
    private static void one(int to, String request) throws IOException {
        try (Socket socket = connect(to)) {
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                socket.getInputStream().readAllBytes();
            } catch (SocketTimeoutException e) {
                throw new IllegalStateException("no answer to " + request.substring(0, Math.min(200, request.length())), e);
            } catch (SocketException refused) {
                // closed while the rest of the request was still on its way
            }
        }
    }

    private static void keepAlive() throws IOException {
        byte[] request = ("GET /path HTTP/1.1\r\nHost: echo.default\r\nUser-Agent: curl/8.14.1\r\nAccept: */*\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        int connections = 20;
        for (int i = 0; i < connections; i++) {
            try (Socket socket = connect(port)) {
                InputStream in = socket.getInputStream();
                for (int j = 0; j < KEEP_ALIVE_REQUESTS / connections; j++) {
                    socket.getOutputStream().write(request);
                    readAnswer(in);
                }
            }
        }
    }

    private static void readAnswer(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed within an answer: " + head);
            }
            head.write(next);
        }
        String text = head.toString(StandardCharsets.ISO_8859_1).toLowerCase(java.util.Locale.ROOT);
        int at = text.indexOf("content-length: ") + "content-length: ".length();
        in.readNBytes(Integer.parseInt(text.substring(at, text.indexOf('\r', at))));
    }

    private static Socket connect(int to) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress("127.0.0.1", to));
        return socket;
    }
}
