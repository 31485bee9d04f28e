package io.kubeecho.lab.kubernetes;

import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.dial.Dialer;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Timing;
import io.kubeecho.probe.EchoLine;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes see of this machine when no Service is in between: it asks the host-network pods of every node. Where they
 * all answer and see one address, this machine is a client off the cluster, and that address is what
 * {@code externalTrafficPolicy: Local} has to preserve, also where a router on the way translates addresses.
 */
final class OutsideView implements OffClusterClients {

    private @Nullable Vertx vertx;

    /** One client, or none where the nodes cannot be reached from here, or see different addresses. */
    @Override
    public List<Client> clients(List<Client> hostNetworkPods, int echoPort, Timing timing) {
        vertx = Vertx.vertx();
        Dialer dialer = new Dialer(vertx, Optional.empty());
        Set<Optional<String>> seen = addressesSeen(dialer, hostNetworkPods, echoPort, timing);
        if (seen.size() == 1 && seen.iterator().next().isPresent()) {
            String address = seen.iterator().next().get();
            return List.of(new OutsideClient("outside", address, dialer));
        }
        return List.of();
    }

    private static Set<Optional<String>> addressesSeen(
            Dialer dialer, List<Client> hostNetworkPods, int echoPort, Timing timing) {
        List<DialPlan.Sequence> visits = hostNetworkPods.stream()
                .map(pod -> new DialPlan.Sequence(pod.name(), pod.address(), echoPort, List.of(Duration.ZERO)))
                .toList();
        DialPlan plan = new DialPlan(visits, timing.connectTimeout(), timing.answerTimeout());
        try {
            return dialer.dial(plan).toCompletionStage().toCompletableFuture().get().stream()
                    .map(OutsideView::addressSeen)
                    .collect(Collectors.toSet());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        } catch (ExecutionException e) {
            throw new LabException("this machine cannot make connections: " + e.getCause(), e);
        }
    }

    private static Optional<String> addressSeen(Dialed dialed) {
        return dialed.outcome() instanceof Dialed.Answered answered
                ? EchoLine.parse(answered.body()).map(EchoLine::clientIp)
                : Optional.empty();
    }

    @Override
    public void close() {
        if (vertx != null) {
            vertx.close().await();
        }
    }
}
