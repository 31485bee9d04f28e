package io.kubeecho.agreement;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeecho.lab.Lab;
import io.kubeecho.lab.embedded.EmbeddedLab;
import io.kubeecho.lab.k3s.ProxyMode;
import io.kubeecho.lab.k3s.RealCluster;
import io.kubeecho.scenario.Runs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The embedded lab is held to a real kube-proxy: the same questions, the same timeout, and the same answers in words. What
 * both say is {@code docs/agreement.md}.
 */
@EnabledIfSystemProperty(named = RealCluster.PROPERTY, matches = "k3s")
class AgreementTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Path DOCUMENT = Path.of("..", "docs", "agreement.md");

    /** By topic, the answers by what was asked. */
    private record Answers(String version, Map<String, Map<String, String>> topics) {
        String of(String topic, String question) {
            return topics.getOrDefault(topic, Map.of()).getOrDefault(question, "");
        }
    }

    @Test
    void theEmbeddedLabAnswersAsKubeProxyDoes() throws IOException {
        // one after the other: a cluster that starts takes the processor that gaps of the embedded lab are timed on
        Answers reference = answers(new EmbeddedLab(new EmbeddedLab.Options(TIMEOUT, Optional.empty(), 4711)));
        Map<ProxyMode, Answers> real = new EnumMap<>(ProxyMode.class);
        for (ProxyMode mode : RealCluster.proxyModes()) {
            real.put(mode, answers(RealCluster.open(TIMEOUT, mode)));
        }

        String document = document(real, reference);
        Files.writeString(Files.createDirectories(Path.of("target")).resolve("agreement.md"), document);
        real.forEach((mode, answers) -> assertThat(disagreements(answers, reference))
                .as("the embedded lab is not kube-proxy in %s mode", mode)
                .isEmpty());
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(DOCUMENT, document);
        }
        assumeTrue(real.keySet().equals(EnumSet.allOf(ProxyMode.class)), "the document has every mode");
        assertThat(DOCUMENT)
                .as("docs/agreement.md is not what was measured; -Ddocs.write=true writes it")
                .hasContent(document);
    }

    private static Answers answers(Lab opened) {
        try (Lab lab = opened) {
            try {
                return asked(lab);
            } catch (RuntimeException | AssertionError e) {
                diagnose(lab, e);
                throw e;
            }
        }
    }

    private static Answers asked(Lab lab) {
        Map<String, Map<String, String>> topics = new LinkedHashMap<>();
        topics.put("Who answers, and whose address is seen", timed(lab, WhoIsSeen::on));
        topics.put("For how long a client is remembered, and by whom", timed(lab, Remembering::on));
        topics.put("How connections fail", timed(lab, Refusing::on));
        topics.put("Verdicts", timed(lab, AgreementTest::verdicts));
        return new Answers(lab.describe().version(), topics);
    }

    /** While the lab is still there: pods that ended and why, logs, the nodes' rules. */
    private static void diagnose(Lab lab, Throwable failure) {
        Path folder =
                Path.of("target", "agreement-diagnostics", lab.describe().lab()).toAbsolutePath();
        System.out.printf("%s: %s; see %s%n", lab.describe().lab(), failure, folder);
        try {
            lab.diagnose(folder);
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private static Map<String, String> timed(Lab lab, Function<Lab, Map<String, String>> measurement) {
        long began = System.nanoTime();
        Map<String, String> answers = measurement.apply(lab);
        System.out.printf(
                "%s: %d answers in %.1f s%n", lab.describe().lab(), answers.size(), (System.nanoTime() - began) / 1e9);
        return answers;
    }

    private static Map<String, String> verdicts(Lab lab) {
        Runs runs = Runs.of(lab);
        Map<String, String> verdicts = new LinkedHashMap<>();
        runs.results().forEach(r -> {
            System.out.printf("%s: %s %s %s%n", lab.describe().lab(), r.id(), r.verdict(), r.seen());
            verdicts.put(r.id(), r.verdict().toString());
        });
        return verdicts;
    }

    private static List<String> disagreements(Answers real, Answers embedded) {
        List<String> all = new ArrayList<>();
        real.topics().forEach((topic, answers) -> {
            Map<String, String> others = embedded.topics().getOrDefault(topic, Map.of());
            assertThat(others.keySet()).as(topic).containsExactlyInAnyOrderElementsOf(answers.keySet());
            answers.forEach((question, answer) -> {
                String other = others.get(question);
                if (!answer.equals(other)) {
                    all.add("%s: kube-proxy: %s; the embedded lab: %s".formatted(question, answer, other));
                }
            });
        });
        return all;
    }

    private static String document(Map<ProxyMode, Answers> real, Answers embedded) {
        Answers first = real.values().iterator().next();
        StringBuilder text = new StringBuilder("""
                # The embedded lab and a real kube-proxy

                Written by `AgreementTest`, which asks all the same with T = %d s and fails where the answers differ. kube-proxy is that of
                %s, on the testbed's nodes in Docker. Four pods, two on each of two nodes; the third has none.
                "There" is the node at which a connection enters: the client's own for a ClusterIP, and inside the cluster for a load
                balancer's address.
                """.formatted(TIMEOUT.toSeconds(), first.version()));
        first.topics().forEach((topic, questions) -> {
            text.append("\n## %s\n| | embedded lab | %s |\n|---|---|%s\n"
                    .formatted(
                            topic,
                            real.keySet().stream()
                                    .map(mode -> "kube-proxy " + mode)
                                    .collect(joining(" | ")),
                            "---|".repeat(real.size())));
            questions.keySet().forEach(question -> {
                String reference = embedded.of(topic, question);
                text.append("| %s | %s | %s |\n"
                        .formatted(
                                question,
                                reference,
                                real.values().stream()
                                        .map(answers -> answers.of(topic, question))
                                        .map(answer -> answer.equals(reference) ? "the same" : answer)
                                        .collect(joining(" | "))));
            });
        });
        return text.toString();
    }
}
