package io.kubeecho.scenario;

import io.kubeecho.deviation.Deviation;
import io.kubeecho.deviation.Deviations;
import io.kubeecho.deviation.Where;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is known of a data plane beyond what Kubernetes promises. Where Kubernetes leaves something open, a scenario
 * measures and reports it, and FAILs only against what the profile names.
 */
public enum Profile {
    /** Nothing is known. */
    NONE(Optional.empty(), Duration.ZERO, Tried.IN_CI),
    /** {@code -m recent --set} at every new connection. */
    KUBE_PROXY_IPTABLES(Optional.of(AffinityWindow.SLIDING), Duration.ZERO, Tried.IN_CI),
    /** {@code update} of a dynamic set at every new connection. */
    KUBE_PROXY_NFTABLES(Optional.of(AffinityWindow.SLIDING), Duration.ZERO, Tried.IN_CI),
    /**
     * The persistence template is armed again for 60 s while connections are in TIME_WAIT, so that affinity lasts for about
     * 120 s at least (Kubernetes' own tests wait 130 s for that reason).
     */
    KUBE_PROXY_IPVS(Optional.of(AffinityWindow.SLIDING), Duration.ofMinutes(2), Tried.BY_NOBODY_HERE),
    /** An entry of a BPF map is stamped at every new connection. */
    CILIUM(
            Optional.of(AffinityWindow.SLIDING),
            Duration.ZERO,
            Tried.IN_CI,
            new Deviation(
                    "HOLD",
                    Where.EVERYWHERE,
                    "Cilium reckons affinity in whole seconds (bpf_mono_now of its datapath), so that it may end up to a second"
                            + " before timeoutSeconds",
                    "https://github.com/cilium/cilium/blob/v1.20.2/bpf/lib/lb.h#L1376",
                    Optional.empty(),
                    true)),
    /** A learned flow of Open vSwitch with a hard timeout. */
    ANTREA(Optional.of(AffinityWindow.FIXED), Duration.ZERO, Tried.BY_NOBODY_HERE),
    /** A load balancer of OVN whose entry every packet renews. */
    OVN_KUBERNETES(Optional.of(AffinityWindow.SLIDING), Duration.ZERO, Tried.BY_NOBODY_HERE);

    private final Optional<AffinityWindow> window;
    private final Duration leastTimeout;
    private final Tried tried;

    @SuppressWarnings("ImmutableEnumChecker") // a record whose list is a copy
    private final Deviations deviations;

    /** Whether what a profile says has been seen to be so. */
    public enum Tried {
        /** By every change of this project. */
        IN_CI,
        /** It is from documentation, source code and issues. */
        BY_NOBODY_HERE
    }

    /** When the time starts after which affinity ends. */
    enum AffinityWindow {
        /** With the latest new connection. */
        SLIDING("sliding: every new connection of a client starts the timeout again"),
        /** With the first. */
        FIXED("fixed: the timeout runs from a client's first connection, whatever it does then");

        private final String words;

        AffinityWindow(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    Profile(Optional<AffinityWindow> window, Duration leastTimeout, Tried tried, Deviation... deviations) {
        this.window = window;
        this.leastTimeout = leastTimeout;
        this.tried = tried;
        this.deviations = new Deviations(List.of(deviations));
    }

    /** Which of its failures are known. */
    public Deviations deviations() {
        return deviations;
    }

    /** What it says, in a line. */
    public String description() {
        return Stream.of(
                        window.map(w -> "affinity " + w),
                        Optional.of(leastTimeout)
                                .filter(least -> !least.isZero())
                                .map(least -> "lasts for %s at least".formatted(Words.of(least))),
                        deviations.all().stream()
                                .map(d -> d.scenario() + " may FAIL: " + d.reason())
                                .findFirst(),
                        Optional.of(tried).filter(Tried.BY_NOBODY_HERE::equals).map(t -> "not run by this project"))
                .flatMap(Optional::stream)
                .collect(Collectors.collectingAndThen(
                        Collectors.joining("; "), text -> text.isEmpty() ? "nothing is known of it" : text));
    }

    /** For how long this data plane keeps a client at least, whatever {@code timeoutSeconds} says. */
    Duration leastTimeout() {
        return leastTimeout;
    }

    /** The affinity window that this data plane has; empty where that is unknown. */
    Optional<AffinityWindow> window() {
        return window;
    }

    /** The name users type: lower case with hyphens. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException naming the known profiles */
    public static Profile of(String id) {
        return Arrays.stream(values())
                .filter(p -> p.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown profile '" + id + "'; known are "
                        + Arrays.stream(values()).map(Profile::id).collect(Collectors.joining(", "))));
    }
}
