package io.kubeecho.lab.k3s;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the nodes need of the machine's kernel, which they share and cannot load themselves from inside a container. Without
 * it a right kube-proxy would be found wanting, so it is looked at before any scenario.
 */
final class KernelNeeds {

    /** A bridge's traffic has to pass the rules, or the answers of a pod to one on its node bypass a Service's address. */
    private static final String BRIDGE = """
            if ls -d /sys/class/net/*/bridge >/dev/null 2>&1; then
              [ "$(cat /proc/sys/net/bridge/bridge-nf-call-iptables 2>/dev/null)" = 1 ] || echo MISSING bridge-nf-call-iptables
            fi
            """;

    /** Affinity in iptables mode is made of the match {@code recent}: a rule in a chain that nothing leads to tries it. */
    private static final String RECENT = """
            if iptables -w -t nat -N KUBE-ECHO-PROBE 2>/dev/null; then
              iptables -w -t nat -A KUBE-ECHO-PROBE -m recent --name KUBE-ECHO-PROBE --rcheck --seconds 1 --reap 2>/dev/null \
                || echo MISSING xt_recent
              iptables -w -t nat -F KUBE-ECHO-PROBE; iptables -w -t nat -X KUBE-ECHO-PROBE
            fi
            """;

    private record Need(Pattern sign, String text) {}

    private static final List<Need> OF_PROBE = List.of(
            new Need(
                    Pattern.compile("MISSING bridge-nf-call-iptables"),
                    "netfilter does not see what crosses the bridge between its pods, so that connections within a node hang;"
                            + " 'sudo modprobe br_netfilter' on the machine that Docker runs on mends it"
                            + " (Docker 27.3 and later do not load it)"),
            new Need(
                    Pattern.compile("MISSING xt_recent"),
                    "the kernel has no xt_recent, of which kube-proxy makes session affinity in iptables mode;"
                            + " 'sudo modprobe xt_recent' on the machine that Docker runs on, or 'wsl --update' on Windows"));

    private static final List<Need> OF_LOG = List.of(
            new Need(
                    Pattern.compile("cgroup v1.{0,80}(?:unsupported|not supported|no longer|is deprecated.{0,80}error)"
                            + "|configured to not run on a host using cgroup v1"),
                    "this kubelet refuses cgroup version 1; boot the machine with systemd.unified_cgroup_hierarchy=1,"
                            + " or choose a --k3s-image below v1.35"),
            new Need(
                    Pattern.compile("no space left on device"),
                    "there is no space left for Docker; 'docker system prune' frees some"));

    private static final Pattern SANDBOX_IMAGE =
            Pattern.compile("(?m)^\\s{0,20}(?:sandbox_image|sandbox)\\s{0,5}=\\s{0,5}[\"']([^\"'\\s]{1,300})[\"']");

    private KernelNeeds() {}

    /** A shell script that prints a line for each thing that a node lacks. */
    static String probe(ProxyMode mode) {
        return mode == ProxyMode.IPTABLES ? BRIDGE + RECENT : BRIDGE;
    }

    /** What is missing by the output of {@link #probe}, as the rest of a sentence with what mends it. */
    static Optional<String> ofProbe(String output) {
        return first(OF_PROBE, output);
    }

    /** Why a node ended, where its log tells that the machine lacks something. */
    static Optional<String> ofLog(String log) {
        return first(OF_LOG, log);
    }

    private static Optional<String> first(List<Need> needs, String text) {
        return needs.stream()
                .filter(need -> need.sign().matcher(text).find())
                .map(Need::text)
                .findFirst();
    }

    /** The image of a pod's sandbox by containerd's configuration, of its version 2 or 3. */
    static Optional<String> sandboxImage(String configuration) {
        Matcher found = SANDBOX_IMAGE.matcher(configuration);
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }
}
