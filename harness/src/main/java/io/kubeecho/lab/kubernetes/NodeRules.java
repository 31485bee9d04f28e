package io.kubeecho.lab.kubernetes;

import io.kubeecho.lab.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The service rules of each node, as a command of the user's prints them. */
final class NodeRules {

    private static final long SECONDS_PER_NODE = 10;

    private NodeRules() {}

    /** Writes {@code rules-NODE.txt} for each node; what the command complains about is in it too. */
    static void write(String command, List<Node> nodes, Path folder) throws IOException {
        for (Node node : nodes) {
            Process process = new ProcessBuilder("sh", "-c", command.replace("{node}", node.name()))
                    .redirectErrorStream(true)
                    .redirectOutput(
                            folder.resolve("rules-" + node.name() + ".txt").toFile())
                    .start();
            try {
                if (!process.waitFor(SECONDS_PER_NODE, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
