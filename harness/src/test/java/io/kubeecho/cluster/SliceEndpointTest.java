package io.kubeecho.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class SliceEndpointTest {

    @Test
    void everything_that_is_read_of_an_endpoint() {
        assertThat(SliceEndpoint.of(slice("""
                        [{"addresses": ["10.42.0.1", "10.42.0.2"], "nodeName": "node-1", "targetRef": {"kind": "Pod", "name": "a", "uid": "u"},
                          "conditions": {"ready": false, "serving": true, "terminating": true}}]""")))
                .containsExactly(new SliceEndpoint("a", "u", "10.42.0.1", "node-1", false, true));
    }

    @Test
    void what_is_missing_has_its_default() {
        assertThat(SliceEndpoint.of(
                        slice("[{\"addresses\": null}, {\"addresses\": [], \"conditions\": {}, \"targetRef\": {}}]")))
                .containsOnly(new SliceEndpoint("", "", "", "", true, false));
    }

    /** As the API server of 1.37 gives the slice of a Service whose last endpoint has gone. */
    @Test
    void null_for_the_endpoints_is_none() {
        assertThat(SliceEndpoint.of(slice("null"))).isEmpty();
    }

    private static EndpointSlice slice(String endpoints) {
        return Serialization.unmarshal(
                "{\"apiVersion\": \"discovery.k8s.io/v1\", \"kind\": \"EndpointSlice\", \"endpoints\": " + endpoints
                        + "}",
                EndpointSlice.class);
    }
}
