package io.kubeecho.lab.k3s;

import io.kubeecho.dial.DialEndpoint;
import io.kubeecho.dial.DialJson;
import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.VantagePoint;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One address of a container off the cluster, as a client. The plan goes to the container's dial endpoint by a published
 * port; the connections that it asks for do not.
 *
 * @param management where its dial endpoint is reached from here
 */
record SiblingClient(String name, String address, String management, String dialToken, HttpClient http)
        implements Client {

    /** For the way to the container and back, beside what the plan itself takes. */
    private static final Duration OVERHEAD = Duration.ofSeconds(20);

    @Override
    public VantagePoint vantagePoint() {
        return VantagePoint.OFF_CLUSTER;
    }

    @Override
    public Optional<Node> node() {
        return Optional.empty();
    }

    @Override
    public CompletableFuture<List<Dialed>> dial(DialPlan plan) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(management + DialEndpoint.PATH))
                .header("Content-Type", "application/json")
                .header(DialEndpoint.TOKEN_HEADER, dialToken)
                .timeout(plan.longest().plus(OVERHEAD))
                .POST(HttpRequest.BodyPublishers.ofString(DialJson.write(plan.from(address))))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).handle((response, failure) -> {
            if (failure != null) {
                throw new LabException(
                        "the client %s off the cluster cannot be reached: %s".formatted(name, failure), failure);
            }
            return attempts(response);
        });
    }

    private List<Dialed> attempts(HttpResponse<String> response) {
        if (response.statusCode() != 200) {
            throw new LabException("the client %s off the cluster answered %d: %s"
                    .formatted(
                            name,
                            response.statusCode(),
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
