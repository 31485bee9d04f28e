package io.kubeecho.lab.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The kernel's connection tracking of this process's network namespace. */
final class ConnectionTracking {

    private static final Path STATISTICS = Path.of("/proc/net/stat/nf_conntrack");

    private ConnectionTracking() {}

    /** Packets dropped since the machine started, most likely because the table was full; 0 where nothing is tracked. */
    static long packetsDropped() {
        try {
            return Files.isReadable(STATISTICS) ? dropped(Files.readAllLines(STATISTICS)) : 0;
        } catch (IOException gone) {
            return 0;
        }
    }

    /** @param statistics a line of names, and one of hexadecimal numbers for each CPU */
    static long dropped(List<String> statistics) {
        int column = List.of(statistics.get(0).strip().split("\\s+", -1)).indexOf("drop");
        return column < 0
                ? 0
                : statistics.stream()
                        .skip(1)
                        .mapToLong(cpu -> Long.parseLong(cpu.strip().split("\\s+", -1)[column], 16))
                        .sum();
    }
}
