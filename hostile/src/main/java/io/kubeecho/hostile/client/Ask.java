package io.kubeecho.hostile.client;

import java.nio.charset.StandardCharsets;

/**
 * One request of a good client, like no other, so that its answer is like no other too.
 *
 * @param marker what path, query and X-Forwarded-For have
 * @param size of the body that is asked for, in bytes; 0 for that of the line
 * @param intendedAt when it was to be sent, by {@link System#nanoTime}
 */
record Ask(Way way, String marker, int size, long intendedAt) {

    private static final String HOST = "good.test";
    /** With which path and query stay within the 8 KiB that a request line may have. */
    private static final int MOST_FILLER = 2_200;
    /** What a server may send in one go, as it does a line. */
    private static final int LEAST_SIZE = 2_000;

    private static final int MOST_SIZE = 16_000;
    /** A body is filled up by lines of so many characters. */
    private static final int FILLED_LINE = 64;

    /**
     * Makes the request of this number. In turn it is short, has a long answer, or is long, of another length each
     * time: a server gets the memory for each by another way, and one may be missing while another is there.
     */
    static Ask number(long number, long salt, Way way, long intendedAt) {
        String unique = number + "-" + Long.toHexString(number * 0x9e3779b97f4a7c15L ^ salt);
        long turn = (number + number / Way.values().length) % 3;
        int filler = turn == 2 ? (int) (number * 37 % MOST_FILLER) : (int) (number % 13);
        int size = turn == 1 ? LEAST_SIZE + (int) (number * 577 % (MOST_SIZE - LEAST_SIZE)) : 0;
        return new Ask(way, unique + "-" + "m".repeat(filler), size, intendedAt);
    }

    String path() {
        return "/good/" + marker + "?q=" + marker + (size == 0 ? "" : "&kube-echo.size=" + size);
    }

    String forwardedFor() {
        return "xff-" + marker;
    }

    /** Enough of it to find it again. */
    String shortly() {
        return marker.substring(0, marker.indexOf('-', marker.indexOf('-') + 1));
    }

    static String host() {
        return HOST;
    }

    /** Its bytes over HTTP/1.1. */
    byte[] http1() {
        String head =
                "GET " + path() + " HTTP/1.1\r\nHost: " + HOST + "\r\nX-Forwarded-For: " + forwardedFor() + "\r\n\r\n";
        return head.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The body that answers it.
     *
     * @param server what the server calls itself
     * @param client the address that it was asked from
     */
    String body(String server, String client) {
        StringBuilder body = new StringBuilder("Host=" + HOST + "  Path=" + path() + "  From=" + server + "  ClientIP="
                + client + "  XFF=" + forwardedFor() + "\n");
        for (int filled = 1; body.length() < size; filled++) {
            body.append(filled % FILLED_LINE == 0 ? '\n' : '.');
        }
        return body.toString();
    }
}
