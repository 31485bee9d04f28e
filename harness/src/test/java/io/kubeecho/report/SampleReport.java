package io.kubeecho.report;

import io.kubeecho.dial.Failure;
import io.kubeecho.evidence.Cell;
import io.kubeecho.evidence.Estimate;
import io.kubeecho.evidence.Findings;
import io.kubeecho.evidence.Phase;
import io.kubeecho.evidence.Programming;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.Timing;
import io.kubeecho.probe.EchoLine;
import io.kubeecho.probe.Observation;
import io.kubeecho.stats.Threshold;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A report with everything in it that a report may hold. */
final class SampleReport {

    static final Instant STARTED = Instant.parse("2024-02-29T23:59:59.123456789Z");

    static final Observation ANSWERED = new Observation(
            "client-node-1 > svc-1 10.96.0.1:80",
            "client-node-1",
            "10.0.1.101",
            Long.MAX_VALUE - 1,
            Long.MIN_VALUE + 1,
            new Observation.Answered(
                    Long.MAX_VALUE, 65_535, new EchoLine("hôst", "/a b\"\\?c=\u0001", "echo-0", "fd00::1", "x,  y ")));
    static final Observation MISUNDERSTOOD = new Observation(
            "e", "c", "10.0.1.102", 1, 2, new Observation.Misunderstood(503, "<html>\n\tno\r\n</html>"));
    static final Observation UNANSWERED = new Observation(
            "e", "c", "10.0.1.103", 3, 4, new Observation.Unanswered(true, Failure.RESET, "Connection reset"));
    static final Observation NOT_CONNECTED =
            new Observation("e", "c", "10.0.1.104", 5, 6, new Observation.Unanswered(false, Failure.TIMEOUT, ""));

    private SampleReport() {}

    /** One result for each verdict, each with something to say. */
    static RunReport ofAllVerdicts() {
        return report(
                result("PASS-1", Verdict.PASS, "all was well", ""),
                result("FAIL-1", Verdict.FAIL, "4 of 12 entries moved", "clients lose their pod"),
                result("SKIP-1", Verdict.SKIP, "needs a client at the vantage point: off-cluster", ""),
                result("INC-1", Verdict.INCONCLUSIVE, "the endpoints changed", ""),
                result("DEV-1", Verdict.KNOWN_DEVIATION, "as the profile says", "see the issue"),
                result("INFO-1", Verdict.INFO, "the pods saw a node's address", ""));
    }

    static RunReport report(ScenarioResult... results) {
        return new RunReport(
                "1.2.3",
                new Lab.Description(
                        "embedded", Lab.Kind.SIMULATION, "reference of kube-proxy iptables", "in this process"),
                new Timing(
                        Duration.ofMillis(500),
                        Duration.ofMillis(5),
                        Duration.ofMillis(100),
                        Duration.ofNanos(1_234_567),
                        Duration.ZERO,
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(1),
                        Duration.ofHours(30)),
                -9_195_044_233_608_336_595L,
                STARTED,
                Duration.ofMillis(8_349),
                List.of(results));
    }

    static ScenarioResult result(String id, Verdict verdict, String seen, String meaning) {
        return new ScenarioResult(
                id,
                "the title of " + id,
                verdict,
                "what " + id + " expects",
                seen,
                meaning,
                List.of(new Threshold(11, "a reason: 9.5e-07 at 11", 9.5e-7)),
                new Findings(
                        List.of(new Programming(
                                "the Service was made",
                                Duration.ofMillis(3),
                                Duration.ofMillis(12),
                                Duration.ofSeconds(3),
                                "1 of 2 connections were not answered")),
                        List.of(
                                new Cell("pod", "node-1", "ClusterIP", "node-1", "echo-1", 362, 0),
                                new Cell("pod", "node-1", "ClusterIP", "node-1", "echo-2", 370, 4)),
                        List.of(new Estimate("broken share of affinity", 0.01, 0.002, 0.03, "share", 0.95))),
                List.of(
                        new Phase("converge", STARTED, Duration.ofNanos(17), List.of()),
                        new Phase(
                                "judge",
                                STARTED.plusNanos(1),
                                Duration.ofSeconds(2),
                                List.of(ANSWERED, MISUNDERSTOOD, UNANSWERED, NOT_CONNECTED))),
                STARTED,
                Duration.ofMillis(1_250));
    }
}
