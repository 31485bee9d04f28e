package io.kubeecho.hostile.client;

import java.nio.charset.StandardCharsets;

/**
 * One request of a good client, like no other, so that its answer is like no other too.
 *
 * @param marker what path, query and X-Forwarded-For have
 * @param intendedAt when it was to be sent, by {@link System#nanoTime}
 */
record Ask(Way way, String marker, long intendedAt) {

    private static final String HOST = "good.test";

    /** Makes the request of this number; its length differs from that of those beside it. */
    static Ask number(long number, long salt, Way way, long intendedAt) {
        String unique = number + "-" + Long.toHexString(number * 0x9e3779b97f4a7c15L ^ salt);
        // one in three is long, up to what a request line may have: a server gets the memory for those by another way
        boolean isLong = number / Way.values().length % 3 == 0;
        int filler = isLong ? 1_000 + (int) (number % 11) * 240 : (int) (number % 13) * 11;
        return new Ask(way, unique + "-" + "m".repeat(filler), intendedAt);
    }

    String path() {
        return "/good/" + marker + "?q=" + marker;
    }

    String forwardedFor() {
        return "xff-" + marker;
    }

    static String host() {
        return HOST;
    }

    /** Its bytes over HTTP/1.1. */
    byte[] http1() {
        String head = "GET " + path() + " HTTP/1.1\r\nHost: " + HOST + "\r\nX-Forwarded-For: " + forwardedFor() + "\r\n"
                + (way == Way.NEW ? "Connection: close\r\n" : "") + "\r\n";
        return head.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The line that answers it.
     *
     * @param server what the server calls itself
     * @param client the address that it was asked from
     */
    String line(String server, String client) {
        return "Host=" + HOST + "  Path=" + path() + "  From=" + server + "  ClientIP=" + client + "  XFF="
                + forwardedFor() + "\n";
    }
}
