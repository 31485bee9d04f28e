package io.kubeecho.lab.k3s;

import io.kubeecho.lab.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A shell on each node of a k3s lab whose nodes are the testbed's. */
final class Nodes {

    private static final Duration UNTIL_AS_BEFORE = Duration.ofSeconds(60);

    private final K3sLab lab;
    private final Map<Node, String> kept = new HashMap<>();

    Nodes(K3sLab lab) {
        this.lab = lab;
    }

    ProxyMode proxyMode() {
        return lab.proxyMode();
    }

    List<Node> list() {
        return lab.nodes();
    }

    String on(Node node, String script) {
        return lab.cluster().run(node.name(), "sh", "-c", script);
    }

    void all(String script) {
        list().parallelStream().forEach(node -> on(node, script));
    }

    void keepSettings(Set<String> names) {
        list().forEach(node -> kept.put(node, on(node, "sysctl " + String.join(" ", names) + " | tr -d ' '")));
    }

    void restoreSettings() {
        kept.forEach((node, settings) -> on(node, "sysctl -qw " + settings.replace('\n', ' ')));
    }

    /** What a fault may touch, without counters and in an order that does not depend on kube-proxy's. */
    Map<String, String> state() {
        Map<String, String> states = new TreeMap<>();
        for (Node node : list()) {
            // of the table raw only the rules: it is made for the first one, and stays when that is taken out; in
            // nftables mode kube-proxy takes the chains of a Service away some time after the Service
            states.put(node.name(), on(node, """
                                    iptables-save | sed 's/\\[[0-9:]*\\]//; /^#/d; /^\\*raw$/,/^COMMIT$/{/^-A/!d}' | sort
                                    nft list table ip kube-proxy 2>/dev/null \\
                                      | sed -E '/^\t(chain|set) .*kube-echo-/,/^\t}/d; /elements = \\{.*}/d; /elements = \\{/,/}/d' | sort
                                    sysctl net.netfilter.nf_conntrack_tcp_timeout_established net.netfilter.nf_conntrack_tcp_loose
                                    ls /usr/local/sbin
                                    testbedctl status | grep kube-proxy | cut -d: -f1
                                    """).lines().collect(Collectors.joining("\n")));
        }
        return states;
    }

    /** @throws AssertionError if the nodes are not what they were, in time for kube-proxy to have followed */
    void requireAsBefore(Map<String, String> before) {
        Instant deadline = Instant.now().plus(UNTIL_AS_BEFORE);
        List<String> differences = differences(before, state());
        while (!differences.isEmpty()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("the nodes were not put right:\n" + String.join("\n", differences));
            }
            differences = differences(before, state());
        }
    }

    private static List<String> differences(Map<String, String> before, Map<String, String> now) {
        List<String> all = new ArrayList<>();
        before.forEach((node, state) -> {
            List<String> then = state.lines().toList();
            List<String> today = now.getOrDefault(node, "").lines().toList();
            then.stream().filter(line -> !today.contains(line)).forEach(line -> all.add(node + " - " + line));
            today.stream().filter(line -> !then.contains(line)).forEach(line -> all.add(node + " + " + line));
        });
        return all;
    }
}
