package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy;
import java.util.List;

/** What a node's proxy is told of one Service. */
record ServiceRules(String service, ServiceSpec spec, List<Endpoint> endpoints) {
    ServiceRules {
        endpoints = List.copyOf(endpoints);
    }

    boolean isLocal() {
        return spec.externalTrafficPolicy() == ExternalTrafficPolicy.LOCAL;
    }
}
