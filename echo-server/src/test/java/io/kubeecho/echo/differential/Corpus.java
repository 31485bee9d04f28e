package io.kubeecho.echo.differential;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The connections of the differential test: what is known to be difficult, picked by hand, and what nobody would think
 * of, generated from a fixed seed. Texts stand for bytes, one character for each.
 */
final class Corpus {

    /**
     * The bytes of one connection.
     *
     * @param parts sent with a pause between them
     */
    record Case(String name, List<byte[]> parts) {

        boolean hasHead() {
            return parts.stream().anyMatch(part -> text(part).contains("HEAD "));
        }

        @Override
        public String toString() {
            StringBuilder shown = new StringBuilder(name).append(':');
            for (byte[] part : parts) {
                shown.append(' ').append(shown(text(part)));
            }
            return shown.toString();
        }

        private static String text(byte[] bytes) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }

        private static String shown(String text) {
            StringBuilder shown = new StringBuilder("\"");
            String start = text.length() > 300 ? text.substring(0, 300) : text;
            for (int i = 0; i < start.length(); i++) {
                char c = start.charAt(i);
                switch (c) {
                    case '\r' -> shown.append("\\r");
                    case '\n' -> shown.append("\\n");
                    case '"', '\\' -> shown.append('\\').append(c);
                    default -> {
                        if (c < ' ' || c > '~') {
                            shown.append(String.format("\\x%02x", (int) c));
                        } else {
                            shown.append(c);
                        }
                    }
                }
            }
            return shown.append('"')
                    .append(start.length() < text.length() ? "… " + text.length() + " bytes" : "")
                    .toString();
        }
    }

    private static final String A = "Host: a\r\n";
    private static final String GET = "GET / HTTP/1.1\r\n" + A;
    private static final String POST = "POST / HTTP/1.1\r\n" + A;
    private static final String NEXT = "GET /next HTTP/1.1\r\nHost: next\r\n\r\n";
    private static final long SEED = 20_240_229;
    private static final int GENERATED = 400;

    private final List<Case> cases = new ArrayList<>();

    private Corpus() {}

    static List<Case> all() {
        Corpus corpus = new Corpus();
        corpus.requestLines();
        corpus.targets();
        corpus.absoluteTargets();
        corpus.hosts();
        corpus.forwardedFor();
        corpus.fields();
        corpus.persistence();
        corpus.lengths();
        corpus.chunks();
        corpus.expectations();
        corpus.sizes();
        corpus.pieces();
        corpus.generated();
        return corpus.cases;
    }

    private void add(String name, String... parts) {
        List<byte[]> bytes = new ArrayList<>();
        for (String part : parts) {
            bytes.add(part.getBytes(StandardCharsets.ISO_8859_1));
        }
        cases.add(new Case(name, bytes));
    }

    private void requestLines() {
        for (String method : List.of(
                "GET",
                "HEAD",
                "POST",
                "PUT",
                "DELETE",
                "PATCH",
                "OPTIONS",
                "TRACE",
                "CONNECT",
                "PROPFIND",
                "MKCOL",
                "COPY",
                "MOVE",
                "LOCK",
                "UNLOCK",
                "PURGE",
                "QUERY",
                "BREW",
                "M-SEARCH",
                "VERSION_CONTROL",
                "_",
                "-",
                "get",
                "Get",
                "G1",
                "GE:T",
                "GETGETGETGETGETGETGETGET",
                "")) {
            add("method", method + " /m HTTP/1.1\r\n" + A + "\r\n");
            add("method, then another request", method + " /m HTTP/1.1\r\n" + A + "\r\n" + NEXT);
        }
        for (String version : List.of(
                "HTTP/1.0",
                "HTTP/1.1",
                "HTTP/1.2",
                "HTTP/1.10",
                "HTTP/1.00",
                "HTTP/1.01",
                "HTTP/1.999",
                "HTTP/1.1000",
                "HTTP/1.99999999999",
                "HTTP/01.1",
                "HTTP/10.1",
                "HTTP/11.1",
                "HTTP/2.0",
                "HTTP/2",
                "HTTP/0.9",
                "HTTP/1",
                "HTTP/1.",
                "HTTP/.1",
                "HTTP/1,1",
                "HTTP/a.1",
                "HTTP/1.a",
                "http/1.1",
                "HTTPS/1.1",
                "HTTP 1.1",
                "HTTP/1.1 ",
                "HTTP/1.1   ",
                "HTTP/1.1 x",
                "HTTP/1.1\t",
                "H",
                "HTTP",
                "X",
                "HTTP/1.1\r",
                "HTTP/1.1\0")) {
            add("version", "GET /v " + version + "\r\n" + A + "\r\n");
            add("version without a Host", "GET /v " + version + "\r\n\r\n");
        }
        for (String line : List.of(
                "GET /\r\n",
                "GET /\n",
                "GET / \r\n",
                "GET /  \n",
                "GET /a?b\r\n",
                "GET /%zz\r\n",
                "GET /..\r\n",
                "HEAD /\r\n",
                "POST /\r\n",
                "TRACE /\r\n",
                "GET http://a/x\r\n",
                "GET http://a/\n",
                "GET http://a\r\n",
                "GET http://a \r\n",
                "GET http://a..b/\r\n",
                "GET http://[::1]/\r\n",
                "GET /\rX",
                "GET / \rX",
                "GET /\r\n" + NEXT,
                "GET\r\n",
                "GET \r\n",
                "GET\t/ HTTP/1.1\r\n",
                "GET  /  HTTP/1.1\r\n" + A + "\r\n",
                "GET / HTTP/1.1\nHost: a\n\n",
                "GET / HTTP/1.1\nHost: a\r\n\n",
                "GET / HTTP/1.1\r\r\n" + A + "\r\n",
                "GET / HTTP/1.1\rHost: a\r\n\r\n",
                "GET /a b HTTP/1.1\r\n" + A + "\r\n",
                " GET / HTTP/1.1\r\n\r\n",
                "\r\nGET / HTTP/1.1\r\n" + A + "\r\n",
                "\n\n\nGET / HTTP/1.1\r\n" + A + "\r\n",
                "\r\n\n\r\rGET / HTTP/1.1\r\n" + A + "\r\n",
                "\0GET / HTTP/1.1\r\n\r\n",
                "\u0016\u0003\u0001\u0002\0\u0001\0\u0001",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "hello\r\n",
                "<xml/>\r\n",
                "\u0080\u0081\u0082\r\n",
                "GET",
                "GET ",
                "GET /",
                "GET / HTTP/1.1",
                "GET / HTTP/1.1\r\n",
                "\r\n\r\n")) {
            add("request line", line);
        }
    }

    private void targets() {
        for (String target : List.of(
                "/",
                "/a",
                "/a/b/c",
                "/a?b=c&d=e",
                "/?",
                "/??",
                "/a#b",
                "/#",
                "/#%zz",
                "/a#?b",
                "/a?b#c",
                "/+",
                "/a+b",
                "//",
                "///a",
                "/a//b",
                "/.",
                "/./",
                "/..",
                "/../",
                "/...",
                "/a/..",
                "/a/../",
                "/a/../..",
                "/a/../../b",
                "/a//../..",
                "/./..",
                "/a/./..",
                "/a/./../..",
                "//..",
                "/a/.../../..",
                "/..a",
                "/a..",
                "/a/..b",
                "/..;/",
                "/.;/../..",
                "/%2e%2e",
                "/%2E%2e/",
                "/.%2e",
                "/%2e.",
                "/%2e.a/..",
                "/a/%2e/..",
                "/%2f",
                "/%2f..",
                "/a%2f..%2f..",
                "/a/%2f..",
                "/a/%2f../..",
                "/..%2f",
                "/a/..%23",
                "/%23/..",
                "/%23%2f..%2f..",
                "/%3f%zz",
                "/%3f/../..",
                "/%25%zz",
                "/%2525",
                "/%25zz",
                "/%25/../..",
                "/..?x",
                "/..#x",
                "/a?/../..",
                "/a#/../..",
                "/%00",
                "/a%00b",
                "/..%00",
                "/%",
                "/%2",
                "/%2g",
                "/%g2",
                "/%zz",
                "/%0",
                "/a%",
                "/.%",
                "/%2e%2",
                "/%2e%2e?",
                "/?%",
                "/?%zz",
                "/?%00",
                "/%0a",
                "/%0d%0a",
                "/%7F",
                "/%ff",
                "/%C3%A9",
                "/a\u0001",
                "/a\u007f",
                "/a\u0080",
                "/\u00c3\u00a9",
                "/a\tb",
                "/?a\u0001",
                "/?a\u007f",
                "/?a\u00ff",
                "/#\u0001",
                "/\\..",
                "/\\",
                "/{}|^`\"<>",
                "/a\0b",
                "/'",
                "/a;b=c",
                "/a,b",
                "/~a",
                "/!$&'()*+,;=:@",
                "*",
                "a",
                "?a",
                "#a",
                "",
                ".",
                "..",
                "a/b",
                "%2f",
                "\\")) {
            add("target", "GET " + target + " HTTP/1.1\r\n" + A + "\r\n");
        }
        add("asterisk of OPTIONS", "OPTIONS * HTTP/1.1\r\n" + A + "\r\n");
        add("target of CONNECT", "CONNECT a:80 HTTP/1.1\r\n" + A + "\r\n");
        add("target of CONNECT", "CONNECT a.b:443 HTTP/1.1\r\nHost: a.b:443\r\n\r\n");
    }

    private void absoluteTargets() {
        for (String target : List.of(
                "http://a",
                "http://a/",
                "http://A.B/c",
                "http://a?x=1",
                "http://a/?x",
                "http://a#f",
                "http://a:80",
                "http://a:80/",
                "http://a:/",
                "http://a:99999/",
                "http://a:8x/",
                "http://a:80?q",
                "http://a:80#q",
                "http://a./",
                "http://a../",
                "http://a..b/",
                "http://./",
                "http:///p",
                "http://?q",
                "http:// ",
                "http://a_b/",
                "http://u@a/",
                "http://u:p@a/",
                "http://a-b.c/",
                "http://-/",
                "http://1.2.3.4/",
                "http://%61/",
                "http://[::1]/",
                "http://[::1]:80/x",
                "http://[::1]",
                "http://[::1]?q",
                "http://[::1/x",
                "http://[]/x",
                "http://[A::F]/x",
                "http://[v1.a!$&'()*+,;=~_-]/x",
                "http://[a/b]/",
                "http://[::1]x/x",
                "http://[::1]:/",
                "http://[::1].",
                "http://[fe80::1%25eth0]/",
                "https://a/",
                "HTTP://a/",
                "a+b://a/",
                "a.1-b://a/",
                "1a://a/",
                "x:a",
                "x:/a",
                "x:///a",
                "ftp://a/..",
                "http://a/../b",
                "http://a/b/../..",
                "http://a/%zz",
                "http://a/b c",
                "http://a\u0080/",
                "http://a\t/",
                "http:/a",
                "http//a/",
                "://a/")) {
            add("absolute target", "GET " + target + " HTTP/1.1\r\nHost: b\r\n\r\n");
        }
        add("absolute target without a Host", "GET http://a/x HTTP/1.1\r\n\r\n");
        add("absolute target of HTTP/1.0", "GET http://a/x HTTP/1.0\r\n\r\n");
        add("absolute target with a bad Host", "GET http://a/x HTTP/1.1\r\nHost: b b\r\n\r\n");
        add("absolute target with an empty Host", "GET http://a/x HTTP/1.1\r\nHost:\r\n\r\n");
        add("absolute target with two Hosts", "GET http://a/x HTTP/1.1\r\nHost: b\r\nHost: b\r\n\r\n");
    }

    private void hosts() {
        for (String host : List.of(
                "",
                ".",
                ".a",
                "a.",
                "a..",
                "a..b",
                "..a",
                "a.b..c",
                "A.B:80",
                "ExAmPlE.Com",
                "EXAMPLE.COM.",
                "a:",
                ":80",
                "a:x",
                "a:1..2",
                "a.:80",
                "a.:",
                "a:.",
                "x:1.",
                ".:80",
                "a:80:90",
                "[::1]",
                "[::1]:80",
                "[2001:DB8::1]:8080",
                "[::1].",
                "[::1]..",
                "[::1]x",
                "[::1",
                "[",
                "]",
                "[]",
                "[]:",
                "a[b]:1",
                "[A:B]:1",
                "[a.b.]",
                "[a..b]",
                "[a.]",
                "[::1]:]:",
                "[a]b.",
                "[a/b]",
                "a/b",
                "a:/",
                "a\\b",
                "a b",
                "a: 1",
                "a\tb",
                "\ta",
                "a\t",
                "a\u0001",
                "a\u007f",
                "a\u0080",
                "\u00e9",
                "a:1\u0080",
                "a_b",
                "a@b",
                "u@a:80",
                "a,b",
                "%41",
                "_",
                "*",
                "a\"b",
                "a'b",
                "a;b",
                "a?b",
                "a#b",
                "http://a",
                "127.0.0.1",
                "127.0.0.1:8080",
                "1",
                "xn--bcher-kva.example",
                "a\0b",
                "  a  ",
                "a\rb",
                "Z",
                "@",
                "[Z]",
                "`{|}~")) {
            add("Host", "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            add("Host of HTTP/1.0", "GET / HTTP/1.0\r\nHost: " + host + "\r\n\r\n");
        }
        add("no Host", "GET / HTTP/1.1\r\n\r\n" + NEXT);
        add("no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n");
        add("no Host, HEAD", "HEAD / HTTP/1.1\r\n\r\n");
        add("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
        add("two equal Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n" + NEXT);
        add("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n");
        add("Host in other cases", "GET / HTTP/1.1\r\nhOsT: a\r\n\r\n");
        add("Host without a colon", "GET / HTTP/1.1\r\nHost\r\n\r\n");
        add("Host with a space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n");
        add("Host without a space", "GET / HTTP/1.1\r\nHost:a\r\n\r\n");
        add("a name that ends in Host", "GET / HTTP/1.1\r\nX-Host: a\r\n\r\n");
        add("a name like Host", "GET / HTTP/1.1\r\nHos_: a\r\nH\u00f6st: b\r\n\r\n");
    }

    private void forwardedFor() {
        String x = "X-Forwarded-For: ";
        for (String fields : List.of(
                x + "1.2.3.4\r\n",
                x + "1.2.3.4, 5.6.7.8\r\n",
                x + "1.2.3.4,5.6.7.8\r\n",
                x + "  a  \r\n",
                x + "\ta \t \r\n",
                x + "\r\n",
                x + "\r\n" + x + "\r\n",
                x + "a\r\n" + x + "b\r\n",
                x + "a\r\n" + x + "\r\n",
                x + "\r\n" + x + "a\r\n" + x + "\r\n",
                x + "a\r\nX: y\r\nx-forwarded-for: b\r\n",
                x + "a\r\n".repeat(1) + (x + "b\r\n").repeat(20),
                "X-FORWARDED-FOR: a\r\n",
                "x_forwarded_for: a\r\n",
                "X-Forwarded-For\r\n",
                "X-Forwarded-For:a\r\n",
                "X-Forwarded-Fo: a\r\n",
                "X-Forwarded-Forr: a\r\n",
                "Forwarded: for=a\r\n",
                "X-Real-IP: a\r\n",
                x + "\u00e9\u00ff\r\n",
                x + "\u0001\u007f\r\n",
                x + "a\"b\\c\r\n",
                x + "[::1]:80, unknown\r\n",
                x + "a\r\n b\r\n",
                x + "a\0\r\n",
                x + "a\rb\r\n",
                x + "a\r\r\n",
                x + "a  ,  b\r\n",
                x + "<script>\r\n")) {
            add("X-Forwarded-For", GET + fields + "\r\n");
        }
    }

    private void fields() {
        for (String field : List.of(
                "X: a\r\n",
                "X:a\r\n",
                "X:\r\n",
                "X\r\n",
                "X: \r\n",
                "X: a\rb\r\n",
                "X: a\r\r\n",
                "X: a\r\r\r\n",
                "X\r\r\n",
                "X\rY\r\n",
                "X: a\n",
                "X\n",
                "X:\n",
                " fold\r\n",
                "\tfold\r\n",
                "X: a\r\n b\r\n",
                "X: a\r\n\tb\r\n",
                "X : a\r\n",
                "X\t: a\r\n",
                ": a\r\n",
                ":\r\n",
                "X\0: a\r\n",
                "X\u0001: a\r\n",
                "X\u007f: a\r\n",
                "X: \0a\r\n",
                "X: a\0\r\n",
                "X: a \0\r\n",
                "X: \0\r\n",
                "X: \u0001\u007f\u00ff\r\n",
                "X(y): b\r\n",
                "X_y: b\r\n",
                "_X: b\r\n",
                "X.y: b\r\n",
                "X/y: b\r\n",
                "X\"y: b\r\n",
                "\u0080: b\r\n",
                "X\u0080: b\r\n",
                "(: b\r\n",
                "X{}: b\r\n",
                "X: a:b:c\r\n",
                "X::a\r\n",
                "GET / HTTP/1.1\r\n",
                "X: " + "y".repeat(500) + "\r\n",
                "X-" + "y".repeat(500) + ": z\r\n",
                "\rX: a\r\n",
                "\r",
                "\n" + NEXT,
                "-: a\r\n",
                "0: a\r\n")) {
            add("field", GET + field + "\r\n");
        }
        for (String name : List.of(
                "Accept",
                "Accept-Encoding",
                "Authorization",
                "Cache-Control",
                "Connection",
                "Content-Encoding",
                "Content-Length",
                "Content-Range",
                "Content-Type",
                "Cookie",
                "Date",
                "Expect",
                "From",
                "If-Match",
                "If-Modified-Since",
                "If-None-Match",
                "If-Range",
                "If-Unmodified-Since",
                "Keep-Alive",
                "Max-Forwards",
                "Origin",
                "Pragma",
                "Proxy-Authorization",
                "Proxy-Connection",
                "Range",
                "Referer",
                "TE",
                "Trailer",
                "Transfer-Encoding",
                "Upgrade",
                "User-Agent",
                "Via",
                "Warning",
                "X-Forwarded-Proto",
                "X-Real-IP",
                "if-none-match",
                "EXPECT")) {
            add("field once", GET + name + ": 0\r\n\r\n");
            add("field twice", GET + name + ": 0\r\n" + name + ": 0\r\n\r\n");
        }
        add("JSON by Accept", GET + "Accept: application/json\r\n\r\n");
        add("reserved query name", "GET /?kube-echo.status=404 HTTP/1.1\r\n" + A + "\r\n");
        add("reserved header name", GET + "Kube-Echo-Status: 404\r\n\r\n");
        for (String accept : List.of(
                "*/*",
                "application/*",
                "application/json, */*;q=0.1",
                "application/json, text/plain, */*",
                "application/json\r\nAccept: text/plain",
                "application/jsonp",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")) {
            add("not only JSON", GET + "Accept: " + accept + "\r\n\r\n");
        }
        for (String target : List.of(
                "/kube-echo.status=404",
                "/?x=kube-echo.status",
                "/?xkube-echo.status=404",
                "/?KUBE-ECHO.status=404",
                "/?kube%2Decho.status=404",
                "/?kube-echo=404",
                "/#?kube-echo.status=404",
                "/?a=b#&kube-echo.status=404")) {
            add("no reserved query name", "GET " + target + " HTTP/1.1\r\n" + A + "\r\n");
        }
        for (String name :
                List.of("X-Kube-Echo-Status", "Kube-Echo", "Kube-Echo-", "Kube_Echo_Status", "Kube-Echo_Status")) {
            add("no reserved header name", GET + name + ": 404\r\n\r\n");
        }
        add("a reserved name in HTTP/0.9", "GET /?kube-echo.status=404\r\n");
        add(
                "upgrade to h2c",
                GET + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n");
        add("upgrade to a web socket", GET + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        add("range", GET + "Range: bytes=0-3\r\n\r\n");
        add("range of HTTP/1.0", "GET / HTTP/1.0\r\nRange: bytes=0-3\r\n\r\n");
        for (String condition : List.of(
                "If-Match: *",
                "If-Match: \"x\"",
                "If-Match:",
                "If-Match: * ",
                "If-None-Match: *",
                "If-None-Match: \"x\"",
                "If-None-Match: *, \"x\"",
                "If-Modified-Since: Sat, 01 Jan 2050 00:00:00 GMT",
                "If-Modified-Since: x",
                "If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT",
                "If-Unmodified-Since: x",
                "If-Range: \"x\"",
                "If-None-Match: *\r\nIf-Modified-Since: x",
                "If-None-Match: *\r\nIf-Match: x",
                "If-None-Match: *\r\nIf-Match: *",
                "If-Range: \"x\"\r\nRange: bytes=0-3",
                "Expect: 100-continue\r\nIf-Match: x",
                "Expect: 100-continue\r\nIf-None-Match: *")) {
            add("condition", GET + condition + "\r\n\r\n" + NEXT);
            add("condition of a HEAD", "HEAD / HTTP/1.1\r\n" + A + condition + "\r\n\r\n" + NEXT);
            add("condition of HTTP/1.0", "GET / HTTP/1.0\r\n" + condition + "\r\n\r\n");
            add("condition with a body", POST + condition + "\r\nContent-Length: 5\r\n\r\nhello" + NEXT);
            add("condition with part of a body", POST + condition + "\r\nContent-Length: 5\r\n\r\nhe");
            add("condition and close", GET + condition + "\r\nConnection: close\r\n\r\n" + NEXT);
        }
    }

    private void persistence() {
        for (String value : List.of(
                "close",
                "CLOSE",
                "Close",
                "keep-alive",
                "Keep-Alive",
                "not-close",
                "closed",
                "clos",
                "keep-alive, close",
                "close, keep-alive",
                "upgrade",
                "",
                " close ",
                "xkeep-alivex")) {
            add("Connection", GET + "Connection: " + value + "\r\n\r\n" + NEXT);
            add("Connection in HTTP/1.0", "GET / HTTP/1.0\r\nConnection: " + value + "\r\n\r\n" + NEXT);
        }
        add("Connection twice", GET + "Connection: close\r\nConnection: keep-alive\r\n\r\n" + NEXT);
        add("Connection twice", GET + "Connection: keep-alive\r\nConnection: close\r\n\r\n" + NEXT);
        add("Connection thrice", GET + "Connection: close\r\nConnection: x\r\nConnection: y\r\n\r\n" + NEXT);
        add("MSIE 6 posts", POST + "User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)\r\n\r\n" + NEXT);
        add("MSIE 6 gets", GET + "User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)\r\n\r\n" + NEXT);
        add("pipelined", NEXT.repeat(3));
        add("pipelined with empty lines between", NEXT + "\r\n" + NEXT + "\n\n" + NEXT);
        add("pipelined, all methods", NEXT + "HEAD /h HTTP/1.1\r\n" + A + "\r\n" + POST + "\r\n" + NEXT);
        add("pipelined behind a refusal", GET + "X : y\r\n\r\n" + NEXT);
        add("a refusal behind others", NEXT + NEXT + GET + "X : y\r\n\r\n" + NEXT);
        add("pipelined HTTP/0.9 at the end", NEXT + "GET /old\r\n");
        add("pipelined garbage", NEXT + "\u0001\u0002\u0003");
        add("pipelined in part", NEXT + "GET /incomp");
    }

    private void lengths() {
        for (String value : List.of(
                "5",
                "+5",
                "-5",
                "5 ",
                "05",
                "5,5",
                "5, 5",
                "0x5",
                "5a",
                "",
                "0",
                "00",
                "5.0",
                "1e1",
                "\t5",
                "5\t",
                "9223372036854775807",
                "9223372036854775808",
                "99999999999999999999",
                "1048576",
                "1048577",
                "4")) {
            add("Content-Length", POST + "Content-Length: " + value + "\r\n\r\nhello" + NEXT);
        }
        add("Content-Length twice", POST + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" + NEXT);
        add("Content-Length twice", POST + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" + NEXT);
        add(
                "Content-Length and chunks",
                POST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT);
        add(
                "chunks and Content-Length",
                POST + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + NEXT);
        add("Content-Length of a GET", GET + "Content-Length: 5\r\n\r\nhello" + NEXT);
        add("Content-Length of a HEAD", "HEAD / HTTP/1.1\r\n" + A + "Content-Length: 5\r\n\r\nhello" + NEXT);
        add("Content-Length in HTTP/1.0", "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello");
        add(
                "Content-Length kept",
                "POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello" + NEXT);
        add("Content-Length and close", POST + "Connection: close\r\nContent-Length: 5\r\n\r\nhello" + NEXT);
        add("Content-Length without a body", POST + "Content-Length: 5\r\n\r\n");
        add("Content-Length without a body, closing", POST + "Connection: close\r\nContent-Length: 5\r\n\r\n");
        add("body without a length", POST + "\r\nhello" + NEXT);
        add("Content_Length", POST + "Content_Length: 5\r\n\r\n" + NEXT);
        add("body of the largest size", POST + "Content-Length: 1048576\r\n\r\n" + "x".repeat(1 << 20) + NEXT);
        add("body one too large", POST + "Content-Length: 1048577\r\n\r\n" + "x".repeat((1 << 20) + 1) + NEXT);
        add("body too large, not sent", POST + "Content-Length: 2000000\r\n\r\n");
        add("HEAD with a body too large", "HEAD / HTTP/1.1\r\n" + A + "Content-Length: 2000000\r\n\r\n");
        add("TRACE with a body", "TRACE / HTTP/1.1\r\n" + A + "Content-Length: 5\r\n\r\nhello" + NEXT);
        add("TRACE with part of a body", "TRACE / HTTP/1.1\r\n" + A + "Content-Length: 50\r\n\r\nhello");
        add("TRACE with a body too large", "TRACE / HTTP/1.1\r\n" + A + "Content-Length: 5000000\r\n\r\nhello");
        add("TRACE without a Host", "TRACE / HTTP/1.1\r\n\r\n");
        add("TRACE with an unknown coding", "TRACE / HTTP/1.1\r\n" + A + "Transfer-Encoding: x\r\n\r\n");
    }

    private void chunks() {
        String te = "Transfer-Encoding: ";
        for (String value : List.of(
                "chunked",
                "Chunked",
                "CHUNKED",
                "identity",
                "gzip, chunked",
                "chunked, chunked",
                "chunked,",
                "",
                "chunked ",
                "\tchunked",
                "chunked\t",
                "xchunked",
                "chunked;q=1",
                "\"chunked\"",
                "chu\u0001nked")) {
            add("Transfer-Encoding", POST + te + value + "\r\n\r\n0\r\n\r\n" + NEXT);
        }
        add("Transfer-Encoding twice", POST + te + "chunked\r\n" + te + "chunked\r\n\r\n0\r\n\r\n" + NEXT);
        add("Transfer-Encoding twice", POST + te + "identity\r\n" + te + "chunked\r\n\r\n0\r\n\r\n" + NEXT);
        add("Transfer-Encoding in HTTP/1.0", "POST / HTTP/1.0\r\n" + te + "chunked\r\n\r\n0\r\n\r\n" + NEXT);
        add("Transfer-Encoding in HTTP/1.0", "POST / HTTP/1.0\r\n" + te + "gzip\r\n\r\n0\r\n\r\n" + NEXT);
        add("Transfer-Encoding in HTTP/1.2", "POST / HTTP/1.2\r\n" + A + te + "chunked\r\n\r\n0\r\n\r\n" + NEXT);
        add("Transfer-Encoding with a space", POST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + NEXT);
        add("Transfer_Encoding", POST + "Transfer_Encoding: chunked\r\n\r\n" + NEXT);
        add("Transfer-Encoding without a value", POST + "Transfer-Encoding\r\n\r\n0\r\n\r\n" + NEXT);
        String chunked = POST + te + "chunked\r\n\r\n";
        for (String body : List.of(
                "0\r\n\r\n",
                "5\r\nhello\r\n0\r\n\r\n",
                "5;x=y\r\nhello\r\n0;z\r\nT: a\r\n\r\n",
                "5\nhello\n0\n\n",
                "5 \r\nhello\r\n0 \r\n\r\n",
                "5\t\r\nhello\r\n0\t\r\n\r\n",
                "5x\r\nhello\r\n0\r\n\r\n",
                "\r\n0\r\n\r\n",
                " 5\r\nhello\r\n0\r\n\r\n",
                "5\r\nhelloX\r\n0\r\n\r\n",
                "5\r\nhello\rX0\r\n\r\n",
                "5\rXhello\r\n0\r\n\r\n",
                "5;a\rb\r\nhello\r\n0\r\n\r\n",
                "5;a\nhello\r\n0\r\n\r\n",
                "00005\r\nhello\r\n00\r\n\r\n",
                "FFFFFFFFFFFFFFFF\r\n",
                "7FFFFFFFFFFFFFFF\r\n",
                "8000000000000000\r\n",
                "7FFFFFFFFFFFFFFA\r\n",
                "7FFFFFFFFFFFFFFB\r\n",
                "0FFFFFFFFFFFFFFF\r\n",
                "07FFFFFFFFFFFFFF\r\n",
                "0800000000000000\r\n",
                "00000000000000000000000000001\r\nx\r\n0\r\n\r\n",
                "0\r\nA: b\rX\r\n\r\n",
                "0\r\n\rX",
                "0\r\n: a\r\n\0\r\n\r\n",
                "0\r\nA: b\r\nC: d\r\n\r\n",
                "0x5\r\nhello\r\n",
                "-1\r\n\r\n",
                "+1\r\nx\r\n0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n",
                "5\r\nhello0\r\n\r\n",
                "a\r\n0123456789\r\n0\r\n\r\n",
                "A\r\n0123456789\r\n0\r\n\r\n",
                "g\r\n",
                "0;\rX",
                "0\rX",
                "5;\0\r\nhello\r\n0\r\n\r\n",
                "0\nA: b\n\n",
                "5=a\r\nhello\r\n0\r\n\r\n",
                ";\r\n",
                "\0",
                "5\r\nhel",
                "5",
                "5\r",
                "0\r\n",
                "0\r\n\r",
                "0\r\nA: b\r\n",
                "1\r\nx\r\n".repeat(50) + "0\r\n\r\n")) {
            add("chunks", chunked + body + NEXT);
            add("chunks", chunked + body);
        }
        for (String fields : List.of(
                te + "x\r\nContent-Length: 3\r\n",
                te + "chunked\r\nContent-Length: 3\r\n",
                "Content-Length: 3x\r\n",
                "Content-Length: 3\r\nX : y\r\n",
                "Content-Length: 3\r\nHost: b\r\n")) {
            add("refused before its body", POST + fields + "\r\n");
            add("refused with its body", POST + fields + "\r\nabc" + NEXT);
        }
        add("refused in HTTP/1.0", "POST / HTTP/1.0\r\nContent-Length: 3\r\n" + te + "chunked\r\n\r\n");
        add("refused without a Host", "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n");
        add("chunks of TRACE", "TRACE / HTTP/1.1\r\n" + A + te + "chunked\r\n\r\n");
        add("bad chunks of TRACE", "TRACE / HTTP/1.1\r\n" + A + te + "chunked\r\n\r\nx");
        add("chunks larger than a body may be", chunked + "200000\r\n" + "x".repeat(0x200000) + "\r\n0\r\n\r\n" + NEXT);
        add("chunks and close", POST + "Connection: close\r\n" + te + "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + NEXT);
        add("chunks of a GET", GET + te + "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + NEXT);
        add("a request smuggled in a chunk", chunked + "24\r\n" + NEXT + "\r\n0\r\n\r\n" + NEXT);
        add("a request smuggled behind chunks", chunked + "0\r\n\r\n" + NEXT + NEXT);
    }

    private void expectations() {
        for (String value :
                List.of("100-continue", "100-Continue", "100-continue, x", "100-continue ", "foo", "", "100")) {
            String expect = "Expect: " + value + "\r\n";
            add("Expect", POST + expect + "Content-Length: 5\r\n\r\n");
            add("Expect, then the body", POST + expect + "Content-Length: 5\r\n\r\n", "hello" + NEXT);
            add("Expect with the body", POST + expect + "Content-Length: 5\r\n\r\nhello" + NEXT);
            add("Expect without a body", POST + expect + "\r\n" + NEXT);
        }
        add(
                "Expect of chunks",
                POST + "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n",
                "0\r\n\r\n" + NEXT);
        add("Expect of bad chunks", POST + "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\nx");
        add("Expect in HTTP/1.0", "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
        add("Expect of a body too large", POST + "Expect: 100-continue\r\nContent-Length: 2000000\r\n\r\n");
        add("Expect of TRACE", "TRACE / HTTP/1.1\r\n" + A + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        add(
                "Expect of HEAD",
                "HEAD / HTTP/1.1\r\n" + A + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello" + NEXT);
    }

    private void sizes() {
        int line = "GET / HTTP/1.1\r\n".length();
        for (int length : List.of(900, 1023, 1024, 1025, 2000, 8190, 8191, 8192, 8193, 8194, 9000, 40_000)) {
            add("request line of " + length, "GET /" + "x".repeat(length - line) + " HTTP/1.1\r\n" + A + "\r\n");
            add(
                    "query of a line of " + length,
                    "GET /?" + "x".repeat(length - line - 1) + " HTTP/1.1\r\n" + A + "\r\n");
            add("field of " + length, GET + "X: " + "y".repeat(length - 5) + "\r\n\r\n");
            add("field name of " + length, GET + "x".repeat(length - 5) + ": y\r\n\r\n");
            add("X-Forwarded-For of " + length, GET + "X-Forwarded-For: " + "y".repeat(length - 19) + "\r\n\r\n");
        }
        for (int length : List.of(8191, 8192, 8193)) {
            add("method of " + length + " without an end", "G".repeat(length));
            add("path of " + length + " without an end", "GET /" + "x".repeat(length - 5));
            add("field of " + length + " without an end", GET + "X: " + "y".repeat(length - 3));
            add("name of " + length + " without an end", GET + "x".repeat(length));
            add("error at " + length, "GET /" + "x".repeat(length - 6) + "\u0001 HTTP/1.1\r\n" + A + "\r\n");
        }
        for (int lines : List.of(3, 4, 5, 6)) {
            for (int length : List.of(4095, 4096, 4097, 7000, 8191, 8192)) {
                add(
                        lines + " fields of " + length,
                        GET + ("X: " + "y".repeat(length - 5) + "\r\n").repeat(lines) + "\r\n");
            }
        }
        for (int left = 0; left <= 4; left++) {
            String full = "X: " + "y".repeat(8192 - 5) + "\r\n";
            String nearly = "X: " + "y".repeat(8192 - 5 - left) + "\r\n";
            add("four large fields, " + left + " bytes left", GET + full.repeat(3) + nearly + "\r\n");
            add("four large fields, " + left + " bytes left, bare LF", GET + full.repeat(3) + nearly + "\n");
            add(
                    "first buffer with " + left + " bytes left",
                    GET + "X: " + "y".repeat(1024 - GET.length() - 5 - left) + "\r\n\r\n");
        }
        for (int fields : List.of(998, 999, 1000)) {
            add(fields + " fields beside the Host", GET + "X: y\r\n".repeat(fields) + "\r\n");
            add(
                    fields + " fields that are ignored",
                    GET + "X_: y\r\n".repeat(fields) + "X: y\r\n".repeat(100) + "\r\n");
        }
        add("many small fields", GET + "X: y\r\n".repeat(2000) + "\r\n");
        add("many more small fields", GET + "X: y\r\n".repeat(7000) + "\r\n");
        add("a thousand empty lines first", "\r\n".repeat(1000) + NEXT);
        add("many ignored fields", GET + "X_: y\r\n".repeat(1000) + "\r\n");
        add("many X-Forwarded-For", GET + "X-Forwarded-For: y\r\n".repeat(300) + "\r\n");
    }

    private void pieces() {
        add("head in two pieces", "GET /a HT", "TP/1.1\r\nHost: a\r\n\r\n");
        add("CR and LF apart", "GET /a HTTP/1.1\r", "\nHost: a\r", "\n\r", "\n");
        add("body later", POST + "Content-Length: 5\r\n\r\n", "hello" + NEXT);
        add("body in pieces", POST + "Content-Length: 5\r\n\r\n", "he", "llo", NEXT);
        add("chunks later", POST + "Transfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n", "0\r\n\r\n" + NEXT);
        add("bad chunks later", POST + "Transfer-Encoding: chunked\r\n\r\n", "zz\r\n");
        add("chunk with a bad end later", POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", "loX" + NEXT);
        add("a refusal before the line ends", "GET /\u0001", "xyz");
        add("a second request later", NEXT, NEXT, NEXT);
        add("a second request after close", GET + "Connection: close\r\n\r\n", NEXT);
    }

    private void generated() {
        Random random = new Random(SEED);
        List<String> methods = List.of("GET", "GET", "GET", "POST", "PUT", "HEAD", "DELETE", "TRACE", "X-Y", "get");
        List<String> schemes =
                List.of("", "", "", "", "http://h.example", "http://H:8", "https://[::1]:1", "x://", "h://a.");
        List<String> segments = List.of(
                "a", "B", "..", ".", "", "%2e", "%2F", "%zz", "%", "?", "#", "&x=1", "é", "+", "~", "*", "..;", "%25",
                "%00", "\t");
        List<String> versions = List.of(
                " HTTP/1.1",
                " HTTP/1.1",
                " HTTP/1.1",
                " HTTP/1.1",
                " HTTP/1.0",
                " HTTP/1.0",
                "",
                " HTTP/1.9",
                " HTTP/2.0");
        List<String> hosts = List.of("a", "A.B.", "h:80", "[::1]:8", "", "a b", "..", "x_y", "é", "a/b");
        List<String> fields = List.of(
                "X-Forwarded-For: 1.2.3.4",
                "X-Forwarded-For: ",
                "x-forwarded-for:b",
                "Connection: close",
                "Connection: keep-alive",
                "X: y",
                "X_y: z",
                " X: y",
                "X : y",
                "X",
                ":",
                "User-Agent: a",
                "User-Agent: b",
                "Expect: 100-continue",
                "Content-Length: 0",
                "Content-Length: 3",
                "Content-Length: x",
                "Transfer-Encoding: chunked",
                "Transfer-Encoding: x",
                "If-Match: a",
                "Authorization: Basic YTpi",
                "Cookie: a=b",
                "X: \u0001",
                "X: \0",
                "Host: z");
        List<String> ends = List.of("\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r\r\n", "\r");
        List<String> bodies =
                List.of("", "", "abc", "3\r\nabc\r\n0\r\n\r\n", "0\r\n\r\n", "3;e\nabc\n0\nT: u\n\n", "3\r\nabcd");
        for (int i = 0; i < GENERATED; i++) {
            StringBuilder sent = new StringBuilder();
            int requests = 1 + random.nextInt(3);
            for (int r = 0; r < requests; r++) {
                sent.append(pick(random, methods)).append(' ').append(pick(random, schemes));
                int depth = random.nextInt(4);
                for (int s = 0; s <= depth; s++) {
                    sent.append('/').append(random.nextInt(3) > 0 ? "p" + s : pick(random, segments));
                }
                sent.append(pick(random, versions)).append(pick(random, ends));
                if (random.nextInt(6) > 0) {
                    sent.append("Host: ")
                            .append(random.nextInt(3) > 0 ? "a" : pick(random, hosts))
                            .append("\r\n");
                }
                for (int f = random.nextInt(4); f > 0; f--) {
                    sent.append(pick(random, fields)).append(pick(random, ends));
                }
                sent.append("\r\n").append(pick(random, bodies));
            }
            add("generated " + i, sent.toString());
        }
    }

    private static String pick(Random random, List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
