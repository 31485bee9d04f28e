package io.kubeecho.load.rollout;

/**
 * One endpoint of a Service.
 *
 * @param pod its pod's name; empty where it is none
 * @param uid the pod's, by which it is told from an earlier one of the same name; empty where there is none
 * @param address where it listens; empty if that is not known
 * @param node where it runs; empty if that is not known
 */
public record Endpoint(String pod, String uid, String address, String node) {

    /** Under what it is known to people, and to those who answer. */
    public String name() {
        return pod.isEmpty() ? address : pod;
    }

    /** What tells it from all others, before and after it. */
    String key() {
        return uid.isEmpty() ? name() : uid;
    }
}
