package io.kubeecho.deviation;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kubeecho.evidence.Cell;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cells of a scenario's grid; what is left out matches all. Each text is one that the grid of the report shows.
 *
 * @param client the kind of client: {@code pod}, {@code host network} or {@code off-cluster}
 * @param clientNode the client's node
 * @param way such as {@code ClusterIP}
 * @param entryNode the node whose data plane decides
 * @param endpoint the pod that answered or forgot
 */
public record Where(
        Optional<String> client,
        Optional<String> clientNode,
        Optional<String> way,
        Optional<String> entryNode,
        Optional<String> endpoint) {

    /** Every cell. */
    public static final Where EVERYWHERE =
            new Where(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** As a file has it. */
    @JsonCreator
    static Where of(
            @JsonProperty("client") @Nullable String client,
            @JsonProperty("clientNode") @Nullable String clientNode,
            @JsonProperty("way") @Nullable String way,
            @JsonProperty("entryNode") @Nullable String entryNode,
            @JsonProperty("endpoint") @Nullable String endpoint) {
        return new Where(
                Optional.ofNullable(client),
                Optional.ofNullable(clientNode),
                Optional.ofNullable(way),
                Optional.ofNullable(entryNode),
                Optional.ofNullable(endpoint));
    }

    /** Whether a cell is one of them. */
    boolean has(Cell cell) {
        return is(client, cell.client())
                && is(clientNode, cell.clientNode())
                && is(way, cell.way())
                && is(entryNode, cell.entryNode())
                && is(endpoint, cell.endpoint());
    }

    private static boolean is(Optional<String> wanted, String text) {
        return wanted.isEmpty() || wanted.get().equalsIgnoreCase(text);
    }
}
