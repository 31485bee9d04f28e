package io.kubeecho.load.rollout;

/** What the API says of an endpoint that is there. Of several slices that name it, the highest counts. */
public enum EndpointState {
    /** Neither ready nor about to end. */
    NOT_READY,
    /** About to end; clusters before Kubernetes 1.22 remove the endpoint at once instead. */
    TERMINATING,
    /** New connections may be sent to it. */
    READY
}
