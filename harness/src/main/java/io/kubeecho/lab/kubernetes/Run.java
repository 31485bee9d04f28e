package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The identity of one run. Every object that it makes has the run's labels, and all that are in a cluster are in its
 * namespace, so that removing the namespace removes the run.
 *
 * @param id lower case letters and digits, different for runs at the same time
 */
public record Run(String id) {

    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    public static final String KUBE_ECHO = "kube-echo";
    public static final String RUN = "kube-echo.io/run";
    static final String ROLE = "kube-echo.io/role";

    /** When the run was last known to be alive, in ISO 8601; on the namespace. */
    static final String ALIVE = "kube-echo.io/alive";

    public static Run start(Instant now) {
        int random = RandomGenerator.getDefault().nextInt(36 * 36 * 36 * 36 * 36);
        return new Run(Long.toString(now.getEpochSecond(), 36) + Integer.toString(random, 36));
    }

    public String namespace() {
        return "kube-echo-" + id;
    }

    /** Whether an object was made by this run. */
    boolean owns(HasMetadata object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return labels != null && id.equals(labels.get(RUN));
    }

    public Map<String, String> labels() {
        return Map.of(MANAGED_BY, KUBE_ECHO, RUN, id);
    }

    Map<String, String> labels(String role) {
        return Map.of(MANAGED_BY, KUBE_ECHO, RUN, id, ROLE, role);
    }
}
