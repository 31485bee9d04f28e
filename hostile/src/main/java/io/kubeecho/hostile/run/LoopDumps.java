package io.kubeecho.hostile.run;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the JVM's thread dumps among the lines that it says, and looks for event loops that are asleep until somebody
 * else's direct memory is collected.
 */
final class LoopDumps {

    private static final String DUMP = "Full thread dump";
    /** java.nio.Bits waits there, up to half a second, when MaxDirectMemorySize has been reached. */
    private static final String ASLEEP = "java.nio.Bits.reserveMemory";

    private static final int MOST_KEPT = 12;

    private String thread = "";
    private long dumps;
    private long loops;
    private long asleep;
    private final List<String> example = new ArrayList<>();
    private final List<String> stack = new ArrayList<>();

    /** Takes the next line. */
    synchronized void line(String line) {
        if (line.contains(DUMP)) {
            dumps++;
            thread = "";
        } else if (line.startsWith("\"")) {
            thread = line.substring(1, Math.max(1, line.indexOf('"', 1)));
            stack.clear();
            if (isLoop()) {
                loops++;
            }
        } else if (line.startsWith("\tat ") && isLoop()) {
            stack.add(line.strip());
            if (line.contains(ASLEEP)) {
                asleep++;
                example.clear();
            }
            if (stack.stream().anyMatch(frame -> frame.contains(ASLEEP)) && example.size() < MOST_KEPT) {
                example.add(line.strip());
            }
        }
    }

    private boolean isLoop() {
        return thread.contains("eventloop") || thread.contains("acceptor");
    }

    /** How many dumps there were. */
    synchronized long dumps() {
        return dumps;
    }

    /** How many event loops have been seen in all of them. */
    synchronized long loops() {
        return loops;
    }

    /** How many of those were asleep. */
    synchronized long asleep() {
        return asleep;
    }

    /** Where the last one was. */
    synchronized List<String> example() {
        return List.copyOf(example);
    }
}
