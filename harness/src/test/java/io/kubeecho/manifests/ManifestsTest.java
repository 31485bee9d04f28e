package io.kubeecho.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the manifests in k8s/ to the API of the Kubernetes they are tried on and of the newest, without a cluster. */
class ManifestsTest {

    private static final Path ROOT = Path.of("..", "k8s");
    private static final YAMLMapper YAML = new YAMLMapper();

    static Stream<Arguments> filesByApi() throws IOException {
        return byApi(path -> path.toString().endsWith(".yaml")
                && !path.endsWith("kustomization.yaml")
                && !path.toString().endsWith("-patch.yaml"));
    }

    static Stream<Arguments> kustomizationsByApi() throws IOException {
        return byApi(path -> path.endsWith("kustomization.yaml"));
    }

    private static Stream<Arguments> byApi(Predicate<Path> wanted) throws IOException {
        List<Arguments> found = new ArrayList<>();
        for (String part : List.of("base", "overlays", "demos", "load")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(part))) {
                List<Path> matching = files.filter(wanted).sorted().toList();
                for (KubernetesApi api : KubernetesApi.values()) {
                    matching.forEach(file -> found.add(Arguments.of(api, file)));
                }
            }
        }
        return found.stream();
    }

    @ParameterizedTest
    @MethodSource("filesByApi")
    void everyManifestIsWhatTheApiTakes(KubernetesApi api, Path file) throws IOException {
        List<JsonNode> objects = read(Files.readString(file));

        assertThat(objects).isNotEmpty();
        assertThat(objects)
                .allSatisfy(object -> assertThat(api.mistakes(object)).isEmpty());
    }

    /** Patches and all, as users get them: by the kustomize inside whatever kubectl is here. */
    @ParameterizedTest
    @MethodSource("kustomizationsByApi")
    void everyKustomizationBuildsWhatTheApiTakes(KubernetesApi api, Path file) throws Exception {
        List<JsonNode> objects = read(kustomize(file.getParent()));

        assertThat(objects).isNotEmpty();
        assertThat(objects)
                .allSatisfy(object -> assertThat(api.mistakes(object)).isEmpty());
        assertThat(objects.stream().filter(object -> object.at("/spec/template").isObject()))
                .allSatisfy(workload -> {
                    isLockedDown(workload);
                    if (workload.path("kind").asText().equals("Job")) {
                        ends(workload);
                    } else {
                        isSelectedAndProbed(workload);
                    }
                });
        assertThat(objects.stream()
                        .filter(object -> object.path("kind").asText().equals("Service")))
                .allSatisfy(service -> assertThat(service.at("/spec/selector/app.kubernetes.io~1name")
                                .asText())
                        .startsWith("echo"));
    }

    private static void isLockedDown(JsonNode workload) {
        JsonNode pod = workload.at("/spec/template/spec");
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/securityContext/runAsUser").asInt()).isEqualTo(65532);
        assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(pod.path("containers")).isNotEmpty().allSatisfy(container -> {
            assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                    .isTrue();
            assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
                    .isFalse();
            assertThat(container.at("/securityContext/capabilities/drop/0").asText())
                    .isEqualTo("ALL");
            assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
            assertThat(container.at("/resources/requests/cpu").asText()).isNotEmpty();
        });
    }

    private static void isSelectedAndProbed(JsonNode workload) {
        assertThat(workload.at("/spec/template/metadata/labels"))
                .as("what the selector selects")
                .containsAll(workload.at("/spec/selector/matchLabels"));
        assertThat(workload.at("/spec/template/spec/containers")).allSatisfy(container -> {
            assertThat(container.at("/resources/limits/memory").asText()).isEqualTo("192Mi");
            assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/livez");
            assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/readyz");
        });
    }

    /** A load is made once, by all of its pods, and is over some time. */
    private static void ends(JsonNode job) {
        assertThat(job.at("/spec/backoffLimit").asInt(6)).isZero();
        assertThat(job.at("/spec/activeDeadlineSeconds").asInt()).isPositive();
        assertThat(job.at("/spec/ttlSecondsAfterFinished").asInt()).isPositive();
        assertThat(job.at("/spec/template/spec/restartPolicy").asText()).isEqualTo("Never");
        assertThat(job.at("/spec/parallelism").asInt())
                .isEqualTo(job.at("/spec/completions").asInt());
        assertThat(job.at("/spec/template/metadata/labels")).containsAll(job.at("/metadata/labels"));
    }

    static Stream<Arguments> formsByApi() {
        return Stream.of(
                Arguments.of(KubernetesApi.NEWEST, false, 1),
                Arguments.of(KubernetesApi.NEWEST, true, 3),
                Arguments.of(KubernetesApi.V1_37, false, 1),
                Arguments.of(KubernetesApi.V1_37, true, 3));
    }

    /** As the script writes them: an Indexed Job, or a Job for each shard where there are no such. */
    @ParameterizedTest
    @MethodSource("formsByApi")
    void theJobsOfALoadAreWhatTheApiTakes(KubernetesApi api, boolean plain, int jobs) throws Exception {
        List<String> command = new ArrayList<>(List.of(ROOT.resolve("load/jobs").toString()));
        if (plain) {
            command.add("--plain");
        }
        command.addAll(List.of(
                "--name",
                "evening",
                "--image",
                "registry.example/harness:1",
                "3",
                "http://echo/",
                "--slo",
                "p99<50ms, it's"));
        List<JsonNode> objects = read(output(command));

        assertThat(objects).hasSize(jobs).allSatisfy(job -> {
            assertThat(api.mistakes(job)).isEmpty();
            isLockedDown(job);
            ends(job);
            assertThat(job.at("/metadata/labels/app.kubernetes.io~1instance").asText())
                    .isEqualTo("evening");
            JsonNode container = job.at("/spec/template/spec/containers/0");
            assertThat(container.path("image").asText()).isEqualTo("registry.example/harness:1");
            List<String> args = new ArrayList<>();
            container.path("args").forEach(arg -> args.add(arg.asText()));
            assertThat(args)
                    .startsWith("load", "http://echo/")
                    .containsSequence("--slo", "p99<50ms, it's")
                    .containsSequence("--out", "-");
            assertThat(Instant.parse(args.get(args.indexOf("--start-at") + 1))).isAfter(Instant.now());
            if (!plain) {
                assertThat(job.at("/spec/completionMode").asText()).isEqualTo("Indexed");
                assertThat(job.at("/spec/completions").asInt()).isEqualTo(3);
                assertThat(args).containsSequence("--shards", "3");
            }
        });
        if (plain) {
            for (int number = 1; number <= jobs; number++) {
                JsonNode job = objects.get(number - 1);
                assertThat(job.at("/metadata/name").asText()).isEqualTo("evening-" + number);
                assertThat(job.at("/spec/template/spec/containers/0/args").toString())
                        .contains("\"--shard\",\"" + number + "/3\"");
            }
        }
    }

    /** Otherwise the tests above would pass whatever the manifests say. */
    @ParameterizedTest
    @EnumSource(KubernetesApi.class)
    void mistakesAreFound(KubernetesApi api) throws IOException {
        assertThat(mistakesOf(api, deployment -> {})).isEmpty();
        assertThat(mistakesOf(api, deployment -> deployment.put("sepc", 1)))
                .as("an unknown field")
                .isNotEmpty();
        assertThat(mistakesOf(api, deployment -> container(deployment).put("imagePullPolice", "Never")))
                .as("an unknown field far below")
                .isNotEmpty();
        assertThat(mistakesOf(api, deployment -> container(deployment).remove("name")))
                .as("a missing field")
                .isNotEmpty();
        assertThat(mistakesOf(api, deployment -> container(deployment).put("ports", "http")))
                .as("a wrong type")
                .isNotEmpty();
        assertThat(mistakesOf(api, deployment -> deployment.put("apiVersion", "apps/v1beta9")))
                .as("a version that there is not")
                .isNotEmpty();
    }

    /** {@code -Dopenapi.from=FILE} writes the resource from what {@code kubectl get --raw /openapi/v2} has said. */
    @Test
    void theApiCanBeCutOutAnew() throws IOException {
        String from = System.getProperty("openapi.from");
        assumeTrue(from != null, "only to write the resource anew, with -Dopenapi.from=FILE");
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
        StringBuilder lines = new StringBuilder("{\n");
        KubernetesApi.Document.cutDown(mapper.readTree(Path.of(from).toFile()))
                .forEach((name, definition) -> lines.append(lines.length() > 2 ? ",\n" : "")
                        .append('"')
                        .append(name)
                        .append("\": ")
                        .append(definition));
        Files.writeString(
                Path.of("src/test/resources/io/kubeecho/manifests", KubernetesApi.Document.RESOURCE),
                lines.append("\n}\n"));
    }

    private static List<String> mistakesOf(KubernetesApi api, Consumer<ObjectNode> change) throws IOException {
        ObjectNode deployment = (ObjectNode)
                read(Files.readString(ROOT.resolve("base/deployment.yaml"))).get(0);
        change.accept(deployment);
        return api.mistakes(deployment);
    }

    private static ObjectNode container(ObjectNode deployment) {
        return (ObjectNode) deployment.at("/spec/template/spec/containers/0");
    }

    private static List<JsonNode> read(String yaml) throws IOException {
        return YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml).readAll();
    }

    private static String kustomize(Path folder) throws IOException, InterruptedException {
        try {
            return output(List.of("kubectl", "kustomize", folder.toString()));
        } catch (IOException e) {
            assumeTrue(false, "there is no kubectl (package kubernetes-client)");
            throw e;
        }
    }

    private static String output(List<String> command) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("errors", ".log");
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
            return output;
        } finally {
            Files.delete(errors);
        }
    }
}
