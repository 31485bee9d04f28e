package io.kubeecho.load.rollout;

import java.util.Locale;

/** What the API says of an endpoint that is there. Of several slices that name it, the highest counts. */
public enum EndpointState {
    /** Neither ready nor about to end. */
    NOT_READY,
    /** About to end; clusters before Kubernetes 1.22 remove the endpoint at once instead. */
    TERMINATING,
    /** New connections may be sent to it. */
    READY;

    /** As reports write it, such as {@code not-ready}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
