package io.kubeecho.dial;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one client is to do: sequences that run side by side, each a row of new connections one after the other.
 *
 * @param sequences at least one
 * @param connectTimeout how long a connection may take to be established, at least a millisecond
 * @param answerTimeout how long an answer may take on an established connection, at least a millisecond
 * @param source the address to connect from, one of the dialing machine's own; empty leaves the choice to the dialer
 */
public record DialPlan(
        List<Sequence> sequences, Duration connectTimeout, Duration answerTimeout, Optional<String> source) {

    static final int LAST_PORT = 65_535;
    static final int LONGEST_ENTRY = 300;
    static final int LARGEST_HEADERS = 8192;

    public DialPlan {
        sequences = List.copyOf(sequences);
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("a plan needs at least one sequence");
        }
        requireMillisecond("connectTimeout", connectTimeout);
        requireMillisecond("answerTimeout", answerTimeout);
    }

    /** A plan that leaves the source address to the dialer. */
    public DialPlan(List<Sequence> sequences, Duration connectTimeout, Duration answerTimeout) {
        this(sequences, connectTimeout, answerTimeout, Optional.empty());
    }

    /** The same plan, carried out from this address. */
    public DialPlan from(String address) {
        return new DialPlan(sequences, connectTimeout, answerTimeout, Optional.of(address));
    }

    /**
     * Requests from one client to one front end. Each starts when the one before it has ended and its own wait has passed
     * since then.
     *
     * @param entry the name under which the observations come back, unique in the plan, at most {@value #LONGEST_ENTRY}
     *     characters
     * @param host an IP address or a DNS name
     * @param port 1..65535
     * @param waits one for each request, zero or more; the first counts from the start of the plan
     * @param connections whether each request has a connection of its own
     * @param headers sent with every request, by name (a token of RFC 9110 section 5.6.2); no control characters, and none
     *     that says where the request ends, which has no body; at most {@value #LARGEST_HEADERS} characters
     */
    public record Sequence(
            String entry,
            String host,
            int port,
            List<Duration> waits,
            Connections connections,
            Map<String, String> headers) {

        /** New connections, and no headers but those of every request. */
        public Sequence(String entry, String host, int port, List<Duration> waits) {
            this(entry, host, port, waits, Connections.NEW_EACH, Map.of());
        }

        public Sequence {
            waits = List.copyOf(waits);
            headers = Map.copyOf(headers);
            if (entry.length() > LONGEST_ENTRY) {
                throw new IllegalArgumentException("an entry has at most " + LONGEST_ENTRY + " characters");
            }
            headers.forEach(RequestField::require);
            if (headers.entrySet().stream()
                            .mapToInt(field ->
                                    field.getKey().length() + field.getValue().length())
                            .sum()
                    > LARGEST_HEADERS) {
                throw new IllegalArgumentException("the headers have at most " + LARGEST_HEADERS + " characters");
            }
            if (port < 1 || port > LAST_PORT) {
                throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
            }
            if (waits.isEmpty() || waits.stream().anyMatch(Duration::isNegative)) {
                throw new IllegalArgumentException("a sequence needs at least one wait, and none below zero");
            }
        }
    }

    /** What the requests of a sequence are sent on. */
    public enum Connections {
        /** Each on a new connection, closed after the answer: a data plane decides anew about every one. */
        NEW_EACH,
        /** All on one, opened for the first and kept alive: what was decided for it holds (conntrack pins it). */
        ONE_HELD
    }

    /** The most time it can take: every wait, and every timeout used up. */
    public Duration longest() {
        Duration perConnection = connectTimeout.plus(answerTimeout);
        return sequences.stream()
                .map(s -> s.waits().stream().map(perConnection::plus).reduce(Duration.ZERO, Duration::plus))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** How many connections it makes. */
    public int connections() {
        return sequences.stream().mapToInt(s -> s.waits().size()).sum();
    }

    private static void requireMillisecond(String name, Duration value) {
        if (value.toMillis() < 1) {
            throw new IllegalArgumentException(name + " is at least a millisecond, not " + value);
        }
    }
}
