package io.kubeecho.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.kubeecho.lab.LabException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The API server's own time, from the {@code Date} header that it gives with each answer (RFC 9110, 6.6.1), to whole seconds.
 * Those who share a cluster share it, and not the clocks of their laptops.
 */
public final class ServerClock {

    private static final int TIMEOUT_SECONDS = 20;

    private ServerClock() {}

    /** @throws LabException if it cannot be had */
    public static Instant now(KubernetesClient client) {
        try {
            HttpResponse<String> answer = client.getHttpClient()
                    .sendAsync(
                            client.getHttpClient()
                                    .newHttpRequestBuilder()
                                    .uri(client.getMasterUrl() + "version")
                                    .timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                                    .build(),
                            String.class)
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            return DateTimeFormatter.RFC_1123_DATE_TIME.parse(String.valueOf(answer.header("Date")), Instant::from);
        } catch (DateTimeException e) {
            throw new LabException("the cluster's API does not say what time it is there", e);
        } catch (ExecutionException | TimeoutException | KubernetesClientException e) {
            throw new LabException("asking the cluster's API for its time failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }
}
