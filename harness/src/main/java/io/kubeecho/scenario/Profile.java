package io.kubeecho.scenario;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is known of a data plane beyond what Kubernetes promises. Where Kubernetes leaves something open, a scenario
 * measures and reports it, and FAILs only against what the profile names.
 */
public enum Profile {
    /** Nothing is known. */
    NONE(Optional.empty(), Duration.ZERO),
    /** {@code -m recent --set} at every new connection. */
    KUBE_PROXY_IPTABLES(Optional.of(AffinityWindow.SLIDING), Duration.ZERO),
    /** {@code update} of a dynamic set at every new connection. */
    KUBE_PROXY_NFTABLES(Optional.of(AffinityWindow.SLIDING), Duration.ZERO),
    /**
     * The persistence template is armed again for 60 s while connections are in TIME_WAIT, so that affinity lasts for about
     * 120 s at least (Kubernetes' own tests wait 130 s for that reason).
     */
    KUBE_PROXY_IPVS(Optional.of(AffinityWindow.SLIDING), Duration.ofMinutes(2));

    private final Optional<AffinityWindow> window;
    private final Duration leastTimeout;

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

    Profile(Optional<AffinityWindow> window, Duration leastTimeout) {
        this.window = window;
        this.leastTimeout = leastTimeout;
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
