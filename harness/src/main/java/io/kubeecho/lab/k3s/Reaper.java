package io.kubeecho.lab.k3s;

import com.github.dockerjava.api.command.CreateContainerCmd;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.testcontainers.DockerClientFactory;

/**
 * Testcontainers' own way of removing what a process leaves behind. With its reaper, a container of its own waits until the
 * process is gone, which suits the lab. With that switched off ({@code TESTCONTAINERS_RYUK_DISABLED}), a shutdown hook does it,
 * which on Ctrl-C takes the nodes away while the run that is being stopped still asks them; there the lab's own removal is
 * enough, so its containers do not become the hook's affair.
 */
final class Reaper {

    /** Held to the version of Testcontainers by a test. */
    static final String IMAGE = "testcontainers/ryuk:0.14.0";

    private Reaper() {}

    static boolean isOn() {
        return !Boolean.parseBoolean(System.getenv("TESTCONTAINERS_RYUK_DISABLED"));
    }

    /** To be the last word about a container's labels before Testcontainers adds its own. */
    static Consumer<CreateContainerCmd> leftAlone() {
        return isOn() ? cmd -> {} : cmd -> cmd.withLabels(new WithoutSession(cmd.getLabels()));
    }

    /** The hook finds its containers by the session's label: these labels do not take it. */
    static final class WithoutSession extends HashMap<String, String> {

        private static final long serialVersionUID = 1;

        WithoutSession(Map<String, String> labels) {
            super(labels);
        }

        @Override
        public String put(String key, String value) {
            return key.equals(DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL) ? value : super.put(key, value);
        }

        @Override
        public void putAll(Map<? extends String, ? extends String> labels) {
            labels.forEach(this::put);
        }
    }
}
