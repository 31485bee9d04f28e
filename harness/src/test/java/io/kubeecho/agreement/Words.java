package io.kubeecho.agreement;

import io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy;

/** What is in a table, as Kubernetes writes it. */
final class Words {

    private Words() {}

    static String of(ExternalTrafficPolicy policy) {
        return switch (policy) {
            case CLUSTER -> "Cluster";
            case LOCAL -> "Local";
        };
    }
}
