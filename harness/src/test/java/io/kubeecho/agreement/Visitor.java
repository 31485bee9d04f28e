package io.kubeecho.agreement;

import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.Service.FrontEnd;
import io.kubeecho.lab.Timing;
import io.kubeecho.probe.EchoLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Makes connections with a lab's clients, without any of the scenarios' own means: what they are compared with. */
final class Visitor {

    private final Timing timing;

    Visitor(Lab lab) {
        this.timing = lab.timing();
    }

    /**
     * One connection and what came of it.
     *
     * @param line of the pod that answered
     * @param failure how it failed, in Kubernetes' words; empty where something answered
     */
    record Visit(long startedNanos, long endedNanos, Optional<EchoLine> line, String failure) {}

    /** So many connections at the same time, since some are going to hang. */
    CompletableFuture<List<Visit>> atOnce(Client client, FrontEnd to, int count) {
        return visits(
                client,
                IntStream.range(0, count)
                        .mapToObj(i -> sequence(String.valueOf(i), to, List.of(Duration.ZERO)))
                        .toList());
    }

    /** One connection after the other, each after its wait. */
    CompletableFuture<List<Visit>> inARow(Client client, FrontEnd to, List<Duration> waits) {
        return visits(client, List.of(sequence("row", to, waits)));
    }

    private static DialPlan.Sequence sequence(String name, FrontEnd to, List<Duration> waits) {
        return new DialPlan.Sequence(name, to.host(), to.port(), waits);
    }

    private CompletableFuture<List<Visit>> visits(Client client, List<DialPlan.Sequence> sequences) {
        return client.dial(new DialPlan(sequences, timing.connectTimeout(), timing.answerTimeout()))
                .thenApply(all -> {
                    List<Visit> visits = new ArrayList<>();
                    all.forEach(dialed -> visits.add(visit(dialed)));
                    return visits;
                });
    }

    private static Visit visit(Dialed dialed) {
        Dialed.Outcome outcome = dialed.outcome();
        Optional<EchoLine> line =
                outcome instanceof Dialed.Answered answered ? EchoLine.parse(answered.body()) : Optional.empty();
        return new Visit(dialed.startedNanos(), dialed.endedNanos(), line, line.isPresent() ? "" : failure(outcome));
    }

    private static String failure(Dialed.Outcome outcome) {
        if (outcome instanceof Dialed.Broken broken) {
            return "broken, " + broken.failure();
        }
        return outcome instanceof Dialed.NotConnected none
                ? none.failure().toString()
                : "status " + ((Dialed.Answered) outcome).status();
    }
}
