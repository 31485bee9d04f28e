package io.kubeecho.load.connection;

/** How long a client keeps a connection. */
public sealed interface ConnectionPolicy {

    /** As long as the target lets it. */
    record Pinned() implements ConnectionPolicy {}

    /**
     * For so many requests.
     *
     * @param requests at least 1, which is a new connection for each request
     */
    record PerConnection(int requests) implements ConnectionPolicy {

        public PerConnection {
            if (requests < 1) {
                throw new IllegalArgumentException("a connection carries at least one request, not " + requests);
            }
        }
    }

    /**
     * Until its turn comes: so many connections a second are replaced, the oldest first, over all clients.
     *
     * @param perSecond above 0
     */
    record Churn(double perSecond) implements ConnectionPolicy {

        public Churn {
            if (!(perSecond > 0 && perSecond <= 1e6)) {
                throw new IllegalArgumentException("churn lies above 0 and at most at 1 million a second");
            }
        }
    }

    /**
     * Reads {@code pinned}, {@code per-request}, {@code per-connection:N} or {@code churn:R}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static ConnectionPolicy of(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String value = colon < 0 ? "" : text.substring(colon + 1);
        try {
            return switch (name) {
                case "pinned" -> bare(text, value, new Pinned());
                case "per-request" -> bare(text, value, new PerConnection(1));
                case "per-connection" -> new PerConnection(Integer.parseInt(value));
                case "churn" -> new Churn(Double.parseDouble(value));
                default -> throw unknown(text);
            };
        } catch (NumberFormatException e) {
            throw unknown(text);
        }
    }

    /** As on the command line. */
    default String text() {
        if (this instanceof PerConnection p) {
            return p.requests() == 1 ? "per-request" : "per-connection:" + p.requests();
        }
        if (this instanceof Churn c) {
            String rate = String.valueOf(c.perSecond());
            return "churn:" + (rate.endsWith(".0") ? rate.substring(0, rate.length() - 2) : rate);
        }
        return "pinned";
    }

    private static ConnectionPolicy bare(String text, String value, ConnectionPolicy policy) {
        if (!value.isEmpty() || text.endsWith(":")) {
            throw unknown(text);
        }
        return policy;
    }

    private static IllegalArgumentException unknown(String text) {
        return new IllegalArgumentException("'" + text
                + "' is not a connection policy; there is pinned, per-request, per-connection:N and churn:R");
    }
}
