package io.kubeecho.scenario;

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
    NONE(Optional.empty()),
    /** {@code -m recent --set} at every new connection. */
    KUBE_PROXY_IPTABLES(Optional.of(AffinityWindow.SLIDING)),
    /** {@code update} of a dynamic set at every new connection. */
    KUBE_PROXY_NFTABLES(Optional.of(AffinityWindow.SLIDING));

    private final Optional<AffinityWindow> window;

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

    Profile(Optional<AffinityWindow> window) {
        this.window = window;
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
