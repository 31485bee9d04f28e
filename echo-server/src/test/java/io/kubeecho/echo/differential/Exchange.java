package io.kubeecho.echo.differential;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * What a server did with the bytes of one connection: its answers, and whether it kept the connection.
 *
 * @param answers with their statuses, and with their bodies where those are echoes
 */
record Exchange(List<Answer> answers, boolean kept) {

    /**
     * One answer.
     *
     * @param status three digits; also of an answer to HTTP/0.9, which has no status line
     * @param body the echo, or empty for a refusal, whose text is each server's own
     */
    record Answer(int status, String body) {

        @Override
        public String toString() {
            return status + (body.isEmpty() ? "" : " " + body.strip());
        }
    }

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 (\\d{3}) [^\\r\\n]*\\r\\n");
    private static final Pattern LENGTH = Pattern.compile("(?i)\\r\\nContent-Length: (\\d+)\\r\\n");
    private static final Pattern PAGE = Pattern.compile("<html>\\s*<head><title>(\\d{3}) [\\s\\S]*|(\\d{3}) [\\s\\S]*");

    /** How many times longer to wait for the first byte, lest two slow servers agree on nothing. */
    private static final int FIRST_ANSWER = 4;

    /**
     * Sends the parts of a case, with pauses between them, and listens until the server closes or is quiet.
     *
     * @param quietMillis how long nothing has to come for the exchange to be over
     */
    static Exchange with(int port, Corpus.Case sent, int quietMillis) throws IOException, InterruptedException {
        try (Socket socket = connect(port)) {
            return over(socket, sent, quietMillis);
        }
    }

    /** As {@link #with}, through TLS. */
    static Exchange overTls(SSLContext client, int port, Corpus.Case sent, int quietMillis)
            throws IOException, InterruptedException {
        try (Socket tcp = connect(port);
                Socket socket = client.getSocketFactory().createSocket(tcp, "localhost", port, true)) {
            return over(socket, sent, quietMillis);
        }
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
        return socket;
    }

    private static Exchange over(Socket socket, Corpus.Case sent, int quietMillis)
            throws IOException, InterruptedException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        boolean kept = true;
        try {
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < sent.parts().size(); i++) {
                if (i > 0) {
                    Thread.sleep(30);
                }
                out.write(sent.parts().get(i));
            }
            out.flush();
        } catch (IOException closedWhileSending) {
            kept = false;
        }
        kept &= receive(socket, received, quietMillis);
        String text = received.toString(StandardCharsets.ISO_8859_1);
        return new Exchange(parse(text, sent.hasHead()), kept);
    }

    /** Returns whether the connection is still open. */
    private static boolean receive(Socket socket, ByteArrayOutputStream received, int quietMillis) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[65536];
        try {
            while (true) {
                socket.setSoTimeout(received.size() == 0 ? FIRST_ANSWER * quietMillis : quietMillis);
                int count = in.read(buffer);
                if (count < 0) {
                    return false;
                }
                received.write(buffer, 0, count);
            }
        } catch (SocketTimeoutException quiet) {
            return true;
        } catch (IOException reset) {
            return false;
        }
    }

    private static List<Answer> parse(String text, boolean hasHead) {
        List<Answer> answers = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            Matcher statusLine = STATUS_LINE.matcher(text).region(at, text.length());
            if (!statusLine.lookingAt()) {
                answers.add(withoutStatusLine(text.substring(at)));
                break;
            }
            int status = Integer.parseInt(statusLine.group(1));
            int headEnd = text.indexOf("\r\n\r\n", at);
            if (headEnd < 0) {
                throw new AssertionError("an answer without an end: " + text.substring(at));
            }
            int bodyFrom = headEnd + 4;
            Matcher length = LENGTH.matcher(text).region(at, headEnd + 2);
            int bodyLength = length.find() ? Integer.parseInt(length.group(1)) : 0;
            boolean bodyLess = hasHead && (bodyFrom == text.length() || text.startsWith("HTTP/1.1 ", bodyFrom));
            int bodyTo = bodyLess ? bodyFrom : Math.min(text.length(), bodyFrom + bodyLength);
            String body = text.substring(bodyFrom, bodyTo);
            answers.add(new Answer(status, status == 200 ? body + (bodyLess ? "length " + bodyLength : "") : ""));
            at = bodyTo;
        }
        return answers;
    }

    private static Answer withoutStatusLine(String body) {
        Matcher page = PAGE.matcher(body);
        if (page.matches()) {
            return new Answer(Integer.parseInt(page.group(1) == null ? page.group(2) : page.group(1)), "");
        }
        return new Answer(200, body);
    }

    @Override
    public String toString() {
        return answers + (kept ? " kept" : " closed");
    }
}
