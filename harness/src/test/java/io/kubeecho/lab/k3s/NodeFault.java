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
     * kube-proxy with a bug: what it hands to {@code iptables-restore} or to {@code nft} is changed on the way, by a program
     * that takes the other's place in front of it in PATH. In nftables mode kube-proxy looks its program up once, when it
     * starts.
     *
     * @param iptables from the rules of iptables mode to rules
     * @param nftables from the transactions of nftables mode to transactions
     */
    record Rewritten(Filter iptables, Filter nftables) implements NodeFault {

        /**
         * @param command of a shell
         * @param afterwards a shell command that follows each use
         */
        record Filter(String command, String afterwards) {
            /** @param script of an extended sed */
            static Filter sed(String script) {
                return new Filter("sed -E '" + script + "'", "true");
            }
        }

        /** Scripts of an extended sed, for the one mode and for the other. */
        static Rewritten bySed(String iptables, String nftables) {
            return new Rewritten(Filter.sed(iptables), Filter.sed(nftables));
        }

        @Override
        public void putIn(Nodes nodes) {
            switch (nodes.proxyMode()) {
                case IPTABLES -> putIn(nodes, "iptables-restore", "true", iptables);
                // other uses than with a transaction on the standard input are kube-proxy's questions
                case NFTABLES -> putIn(nodes, "nft", "[[ \" $* \" = *\" -f - \"* ]]", nftables);
            }
        }

        private static void putIn(Nodes nodes, String name, String rewrites, Filter filter) {
            String program = """
                    #!/bin/bash
                    set -o pipefail
                    %1$s || exec /usr/sbin/%2$s "$@"
                    %3$s | /usr/sbin/%2$s "$@"; code=$?
                    %4$s
                    exit $code
                    """.formatted(rewrites, name, filter.command(), filter.afterwards());
            String encoded = Base64.getEncoder().encodeToString(program.getBytes(StandardCharsets.UTF_8));
            String file = inFront(name);
            nodes.all("echo %s | base64 -d >%s; chmod 755 %s; testbedctl restart kube-proxy"
                    .formatted(encoded, file, file));
        }

        private static String inFront(String name) {
            return "/usr/local/sbin/" + name;
        }

        @Override
        public void takeOut(Nodes nodes) {
            nodes.all("rm -f %s %s; testbedctl restart kube-proxy"
                    .formatted(inFront("iptables-restore"), inFront("nft")));
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
