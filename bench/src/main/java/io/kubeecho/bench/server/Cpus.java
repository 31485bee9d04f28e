package io.kubeecho.bench.server;

import java.util.ArrayList;
import java.util.List;

/** Where a process may run: servers and clients are kept apart, each on a CPU of its own. */
public enum Cpus {
    SERVER("0"),
    CLIENT("1"),
    BOTH("0,1");

    private final String list;

    Cpus(String list) {
        this.list = list;
    }

    /** This command, bound to these CPUs by {@code taskset} (util-linux), which execs it. */
    public List<String> only(List<String> command) {
        List<String> bound = new ArrayList<>(List.of("taskset", "--cpu-list", list));
        bound.addAll(command);
        return bound;
    }
}
