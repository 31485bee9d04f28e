package io.kubeecho.lab.k3s;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** What is put into the nodes of a real cluster to break their data plane, and taken out again. */
sealed interface NodeFault {

    /** Breaks the data plane, or makes that it will break. */
    void putIn(Nodes nodes);

    /** What happens on a node when a scenario is about to change something; nothing, where the fault is there already. */
    default void beforeChange(Nodes nodes, Change change) {}

    void takeOut(Nodes nodes);

    /** What a scenario changes while it looks. */
    enum Change {
        SERVICE_UPDATED,
        POD_DELETED
    }

    /**
     * kube-proxy with a bug: what it hands to {@code iptables-restore} is changed on the way, by a program that takes its
     * place. The nodes' kube-proxy looks it up anew for every use.
     *
     * @param filter a shell command from rules to rules
     * @param afterwards a shell command that follows each use
     */
    record Rewritten(String filter, String afterwards) implements NodeFault {

        private static final String IN_FRONT = "/usr/local/sbin/iptables-restore";

        /** @param script of an extended sed */
        static Rewritten bySed(String script) {
            return new Rewritten("sed -E '" + script + "'", "true");
        }

        @Override
        public void putIn(Nodes nodes) {
            String program = """
                    #!/bin/bash
                    set -o pipefail
                    %s | /usr/sbin/iptables-restore "$@"; code=$?
                    %s
                    exit $code
                    """.formatted(filter, afterwards);
            nodes.all(file(program) + "chmod 755 " + IN_FRONT);
        }

        private static String file(String content) {
            String encoded = Base64.getEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8));
            return "echo %s | base64 -d >%s; ".formatted(encoded, IN_FRONT);
        }

        @Override
        public void takeOut(Nodes nodes) {
            nodes.all("rm -f " + IN_FRONT + "; testbedctl restart kube-proxy");
        }
    }

    /**
     * Rules beside kube-proxy's, in places that it leaves alone.
     *
     * @param on which of the nodes, by their place in the lab
     * @param rules each as {@code -t TABLE CHAIN …}, with ADDRESS-OF-0 for the first node's address
     */
    record Added(List<Integer> on, Place place, List<String> rules) implements NodeFault {

        enum Place {
            FIRST("-I"),
            LAST("-A");

            private final String command;

            Place(String command) {
                this.command = command;
            }
        }

        @Override
        public void putIn(Nodes nodes) {
            rules.forEach(rule -> run(nodes, place.command, rule));
        }

        @Override
        public void takeOut(Nodes nodes) {
            Deque<String> backwards = new ArrayDeque<>();
            rules.forEach(backwards::push);
            backwards.forEach(rule -> run(nodes, "-D", rule));
        }

        private void run(Nodes nodes, String command, String rule) {
            String[] parts = rule.split(" ", 3);
            on.forEach(i -> nodes.on(
                    nodes.list().get(i),
                    "iptables -w %s %s %s %s"
                            .formatted(
                                    parts[0],
                                    parts[1],
                                    command,
                                    parts[2].replace(
                                            "ADDRESS-OF-0", nodes.list().get(0).address()))));
        }
    }

    /** Settings of the nodes' kernel, in their own network namespaces. */
    record Set(Map<String, Integer> settings) implements NodeFault {
        @Override
        public void putIn(Nodes nodes) {
            nodes.keepSettings(settings.keySet());
            settings.forEach((name, value) -> nodes.all("sysctl -qw %s=%d".formatted(name, value)));
        }

        @Override
        public void takeOut(Nodes nodes) {
            nodes.restoreSettings();
        }
    }

    /** One after the other; taken out backwards. */
    record Both(NodeFault first, NodeFault second) implements NodeFault {
        @Override
        public void putIn(Nodes nodes) {
            first.putIn(nodes);
            second.putIn(nodes);
        }

        @Override
        public void beforeChange(Nodes nodes, Change change) {
            first.beforeChange(nodes, change);
            second.beforeChange(nodes, change);
        }

        @Override
        public void takeOut(Nodes nodes) {
            second.takeOut(nodes);
            first.takeOut(nodes);
        }
    }

    /** kube-proxy ends, on every node, just before a scenario changes something: the rules stay as they are. */
    record StoppedBefore(Change awaited) implements NodeFault {
        @Override
        public void putIn(Nodes nodes) {
            // until the change comes there is nothing wrong
        }

        @Override
        public void beforeChange(Nodes nodes, Change change) {
            if (change == awaited) {
                nodes.all("testbedctl stop kube-proxy");
            }
        }

        @Override
        public void takeOut(Nodes nodes) {
            nodes.all("testbedctl start kube-proxy");
        }
    }
}
