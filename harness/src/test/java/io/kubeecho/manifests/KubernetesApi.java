package io.kubeecho.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What one version of the Kubernetes API takes, strictly: a field it does not know is a mistake too. */
@SuppressWarnings("ImmutableEnumChecker") // a document that nobody changes
enum KubernetesApi {

    /** By the OpenAPI document that the API server of Kubernetes 1.37.2 serves; {@link Document} cuts it down. */
    V1_37 {
        @Override
        List<String> mistakes(JsonNode object) {
            return Document.nameOf(object)
                    .map(name -> validate(name, object))
                    .orElseGet(() -> List.of("there is no " + Document.kindOf(object)));
        }

        private List<String> validate(String name, JsonNode object) {
            ObjectNode schema = JSON.createObjectNode();
            schema.put("$ref", "#/definitions/" + name);
            schema.set("definitions", Document.DEFINITIONS);
            JsonSchema compiled =
                    JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(schema);
            return compiled.validate(object).stream()
                    .map(ValidationMessage::getMessage)
                    .toList();
        }
    },

    /** By the models of the official Java client, which are generated from the newest version's OpenAPI document. */
    NEWEST {
        @Override
        List<String> mistakes(JsonNode object) {
            String version = object.path("apiVersion").asText().replaceFirst(".*/", "");
            String model = "io.kubernetes.client.openapi.models." + version.replaceFirst("^v", "V")
                    + object.path("kind").asText();
            try {
                Class.forName(model)
                        .getMethod("validateJsonElement", JsonElement.class)
                        .invoke(null, JsonParser.parseString(object.toString()));
                return List.of();
            } catch (InvocationTargetException e) {
                return List.of(String.valueOf(e.getCause().getMessage()));
            } catch (ClassNotFoundException e) {
                return List.of("there is no " + Document.kindOf(object));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    };

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What is wrong with an object, in sentences; empty if nothing is. */
    abstract List<String> mistakes(JsonNode object);

    /** An API server's OpenAPI document, cut down to the kinds that are used here and without its prose. */
    static final class Document {

        static final String RESOURCE = "kubernetes-1.37.json";

        private static final Set<String> ROOTS = Set.of(
                "io.k8s.api.apps.v1.DaemonSet",
                "io.k8s.api.apps.v1.Deployment",
                "io.k8s.api.batch.v1.Job",
                "io.k8s.api.core.v1.Service",
                "io.k8s.api.core.v1.ServiceAccount",
                "io.k8s.api.networking.v1.NetworkPolicy",
                "io.k8s.api.policy.v1.PodDisruptionBudget");

        /** The definitions by name, made strict. */
        private static final ObjectNode DEFINITIONS = read();

        private Document() {}

        private static ObjectNode read() {
            try (InputStream resource = KubernetesApi.class.getResourceAsStream(RESOURCE)) {
                ObjectNode definitions = (ObjectNode) JSON.readTree(Objects.requireNonNull(resource));
                definitions.forEach(Document::makeStrict);
                return definitions;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** From the answer to {@code kubectl get --raw /openapi/v2}. */
        static Map<String, JsonNode> cutDown(JsonNode whole) {
            Map<String, JsonNode> used = new TreeMap<>();
            ROOTS.forEach(name -> collect(name, whole.path("definitions"), used));
            return used;
        }

        private static void collect(String name, JsonNode all, Map<String, JsonNode> used) {
            if (!used.containsKey(name)) {
                JsonNode definition = all.path(name);
                used.put(name, definition);
                withoutProse(definition);
                definition
                        .findValuesAsText("$ref")
                        .forEach(reference -> collect(reference.replace("#/definitions/", ""), all, used));
            }
        }

        private static void withoutProse(JsonNode node) {
            if (node instanceof ObjectNode object && object.path("description").isTextual()) {
                object.remove("description");
            }
            node.forEach(Document::withoutProse);
        }

        private static void makeStrict(JsonNode node) {
            if (node instanceof ObjectNode object) {
                if (object.path("properties").isObject() && !object.has("additionalProperties")) {
                    object.put("additionalProperties", false);
                }
                // the document calls it a string, the API takes a number too
                if (object.path("format").asText().equals("int-or-string")) {
                    object.putArray("type").add("string").add("integer");
                }
            }
            node.forEach(Document::makeStrict);
        }

        private static Optional<String> nameOf(JsonNode object) {
            return DEFINITIONS.properties().stream()
                    .filter(definition -> isOf(definition.getValue(), object))
                    .map(Map.Entry::getKey)
                    .findFirst();
        }

        private static boolean isOf(JsonNode definition, JsonNode object) {
            String apiVersion = object.path("apiVersion").asText();
            for (JsonNode kind : definition.path("x-kubernetes-group-version-kind")) {
                String group = kind.path("group").asText();
                String version = kind.path("version").asText();
                if (kind.path("kind").asText().equals(object.path("kind").asText())
                        && apiVersion.equals(group.isEmpty() ? version : group + "/" + version)) {
                    return true;
                }
            }
            return false;
        }

        private static String kindOf(JsonNode object) {
            return String.format(
                    Locale.ROOT,
                    "%s in %s",
                    object.path("kind").asText(),
                    object.path("apiVersion").asText());
        }
    }
}
