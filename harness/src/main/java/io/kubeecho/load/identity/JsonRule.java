package io.kubeecho.load.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A JSON object with a field that names a pod, at its top or one level down: {@code server.pod} of our own echo,
 * {@code os.hostname} of others. The address that was seen is {@code client.address} of ours, or such a field.
 */
final class JsonRule implements IdentityRule {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static final List<String> POD = List.of("from", "pod", "podname", "pod_name", "hostname", "host_name");
    private static final List<String> CLIENT =
            List.of("clientip", "client_ip", "clientaddress", "remoteaddr", "remote_addr", "remoteaddress", "ip");

    @Override
    public Optional<Identity> read(String body, String header) {
        if (!body.stripLeading().startsWith("{")) {
            return Optional.empty();
        }
        try {
            JsonNode root = MAPPER.readTree(body);
            return find(root, POD)
                    .map(pod -> new Identity(
                            pod,
                            member(root.path("client"), "address")
                                    .or(() -> find(root, CLIENT))
                                    .map(Addresses::withoutPort)
                                    .orElse("")));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> find(JsonNode root, List<String> names) {
        for (String name : names) {
            Optional<String> found = member(root, name).or(() -> {
                for (JsonNode child : root) {
                    Optional<String> below = member(child, name);
                    if (below.isPresent()) {
                        return below;
                    }
                }
                return Optional.empty();
            });
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> member(JsonNode object, String name) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (field.getKey().toLowerCase(Locale.ROOT).equals(name)
                    && field.getValue().isTextual()
                    && !field.getValue().textValue().isEmpty()) {
                return Optional.of(field.getValue().textValue());
            }
        }
        return Optional.empty();
    }
}
