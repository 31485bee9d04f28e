package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.kubeecho.dial.DialEndpoint;
import io.kubeecho.dial.DialJson;
import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.VantagePoint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A client in the cluster: an echo pod's dial endpoint, reached through the API server's proxy to pods. */
record PodClient(
        KubernetesClient api,
        String namespace,
        String name,
        int managementPort,
        String dialToken,
        String address,
        VantagePoint vantagePoint,
        Optional<Node> node)
        implements Client {

    /** For the way to the pod and back, beside what the plan itself takes. */
    private static final Duration OVERHEAD = Duration.ofSeconds(20);

    @Override
    public CompletableFuture<List<Dialed>> dial(DialPlan plan) {
        String uri = "%sapi/v1/namespaces/%s/pods/%s:%d/proxy%s"
                .formatted(api.getMasterUrl(), namespace, name, managementPort, DialEndpoint.PATH);
        HttpRequest request = api.getHttpClient()
                .newHttpRequestBuilder()
                .uri(uri)
                .post("application/json", DialJson.write(plan))
                .header(DialEndpoint.TOKEN_HEADER, dialToken)
                .timeout(plan.longest().plus(OVERHEAD).toMillis(), TimeUnit.MILLISECONDS)
                .build();
        return api.getHttpClient().sendAsync(request, String.class).handle((response, failure) -> {
            if (failure != null) {
                throw new LabException("the client pod " + name + " cannot be reached: " + failure, failure);
            }
            return attempts(response);
        });
    }

    private List<Dialed> attempts(HttpResponse<String> response) {
        if (!response.isSuccessful()) {
            throw new LabException("the client pod %s answered %d: %s"
                    .formatted(
                            name,
                            response.code(),
                            response.body().lines().findFirst().orElse("")));
        }
        return DialJson.readAttempts(response.body());
    }

    /** The token stays out of logs and reports. */
    @Override
    public String toString() {
        return name;
    }
}
