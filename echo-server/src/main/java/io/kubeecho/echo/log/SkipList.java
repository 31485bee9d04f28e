package io.kubeecho.echo.log;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Requests that the access log leaves out, which are those of probes: by path or by user agent, in printable ASCII. One
 * that ends in {@code *} stands for everything that begins as it does.
 *
 * @param paths begin with a slash, and are compared with the path as it was sent, without the query
 * @param userAgents such as {@code kube-probe/*}
 */
public record SkipList(List<String> paths, List<String> userAgents) {

    public SkipList {
        paths = List.copyOf(paths);
        userAgents = List.copyOf(userAgents);
    }

    /** Leaves nothing out. */
    public static SkipList none() {
        return new SkipList(List.of(), List.of());
    }

    /**
     * Reads a setting.
     *
     * @param setting paths and user agents with commas between them
     * @throws IllegalArgumentException saying which part is wrong
     */
    public static SkipList of(String setting) {
        List<String> paths = new ArrayList<>();
        List<String> userAgents = new ArrayList<>();
        for (String part : setting.split(",", -1)) {
            String pattern = part.strip();
            if (!pattern.matches("[ -~&&[^*]]+\\*?")) {
                throw new IllegalArgumentException(
                        "'" + pattern + "' is neither a path such as /healthz nor a user agent"
                                + " such as kube-probe/*; a * can only be its end");
            }
            (pattern.startsWith("/") ? paths : userAgents).add(pattern);
        }
        return new SkipList(paths, userAgents);
    }

    /** As it is set, paths first. */
    public String text() {
        return Stream.concat(paths.stream(), userAgents.stream()).collect(Collectors.joining(","));
    }

    /** Whether it leaves nothing out. */
    public boolean isEmpty() {
        return paths.isEmpty() && userAgents.isEmpty();
    }

    /** Whether {@code bytes[from .. to)} is one of the paths. */
    public boolean hasPath(byte[] bytes, int from, int to) {
        return anyMatches(paths, bytes, from, to);
    }

    /** Whether {@code bytes[from .. to)} is one of the user agents. */
    public boolean hasUserAgent(byte[] bytes, int from, int to) {
        return anyMatches(userAgents, bytes, from, to);
    }

    private static boolean anyMatches(List<String> patterns, byte[] bytes, int from, int to) {
        for (int i = 0; i < patterns.size(); i++) {
            if (matches(patterns.get(i), bytes, from, to)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String pattern, byte[] bytes, int from, int to) {
        boolean prefix = pattern.endsWith("*");
        int length = prefix ? pattern.length() - 1 : pattern.length();
        if (prefix ? to - from < length : to - from != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[from + i] != pattern.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
