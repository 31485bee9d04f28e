package io.kubeecho.lab.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The sockets on which this process listens, from Linux's /proc; those of other processes are not among them. */
public final class Listening {

    private static final String LISTEN = "0A";

    private Listening() {}

    /** As "127.64.0.1:10000". */
    public static Set<String> sockets() throws IOException {
        Set<String> own = inodes();
        Set<String> listening = new TreeSet<>();
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                List<String> columns = List.of(line.strip().split("\\s+", -1));
                if (columns.get(3).equals(LISTEN) && own.contains(columns.get(9))) {
                    listening.add(readable(columns.get(1)));
                }
            }
        }
        return listening;
    }

    private static Set<String> inodes() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .map(Listening::target)
                    .filter(t -> t.startsWith("socket:["))
                    .map(t -> t.substring("socket:[".length(), t.length() - 1))
                    .collect(Collectors.toSet());
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closed) {
            return "";
        }
    }

    /** The kernel writes an address as words in host order, which is little-endian wherever this runs. */
    private static String readable(String hex) {
        int colon = hex.indexOf(':');
        String word = hex.substring(colon - 8, colon);
        String port = Integer.toString(Integer.parseInt(hex.substring(colon + 1), 16));
        return Stream.of(6, 4, 2, 0)
                        .map(i -> Integer.toString(Integer.parseInt(word.substring(i, i + 2), 16)))
                        .collect(Collectors.joining("."))
                + ":" + port;
    }
}
