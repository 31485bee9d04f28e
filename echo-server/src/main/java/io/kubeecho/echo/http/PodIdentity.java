package io.kubeecho.echo.http;

/**
 * The pod that the server runs as, as the downward API tells it. Each is empty where it was not told; none is looked up.
 *
 * @param pod its name, {@code metadata.name}
 * @param namespace {@code metadata.namespace}
 * @param node the name of its node, {@code spec.nodeName}
 * @param zone the zone of its node, by the label {@code topology.kubernetes.io/zone}
 * @param podIp its address, {@code status.podIP}; or of {@code status.podIPs} both, with a comma between them
 * @param serviceAccount {@code spec.serviceAccountName}
 */
public record PodIdentity(String pod, String namespace, String node, String zone, String podIp, String serviceAccount) {

    /** A server that was told nothing. */
    public static PodIdentity unknown() {
        return new PodIdentity("", "", "", "", "", "");
    }

    public PodIdentity withPod(String name) {
        return new PodIdentity(name, namespace, node, zone, podIp, serviceAccount);
    }

    public PodIdentity withNamespace(String name) {
        return new PodIdentity(pod, name, node, zone, podIp, serviceAccount);
    }

    public PodIdentity withNode(String name) {
        return new PodIdentity(pod, namespace, name, zone, podIp, serviceAccount);
    }

    public PodIdentity withZone(String name) {
        return new PodIdentity(pod, namespace, node, name, podIp, serviceAccount);
    }

    public PodIdentity withPodIp(String addresses) {
        return new PodIdentity(pod, namespace, node, zone, addresses, serviceAccount);
    }

    public PodIdentity withServiceAccount(String name) {
        return new PodIdentity(pod, namespace, node, zone, podIp, name);
    }
}
