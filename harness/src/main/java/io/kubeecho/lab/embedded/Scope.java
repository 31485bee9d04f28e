package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.ServiceSpec.SessionAffinity;
import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Where a {@link Fault} is: what is outside of it works as it should. Each is one word after the fault's name, such as
 * {@code node-2} or {@code 1%}.
 */
sealed interface Scope {

    /** How fine a distinction is. A kind of fault may be limited by those that are as coarse as what it breaks, or coarser. */
    enum Reach {
        /** Between nodes. */
        NODE("nodes"),
        /** Also between ways in, kinds of clients, and what a Service asks for: all connections that are alike in these are treated alike. */
        FRONT_END("nodes, ways in and kinds of clients"),
        /** Also between single connections. */
        CONNECTION("nodes, ways in, clients, shares and phases"),
        /** Also between the endpoints that connections lead to. */
        ENDPOINT("nodes, endpoints, ways in, clients, shares and phases");

        private final String words;

        Reach(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /**
     * One new connection at a node.
     *
     * @param count how many of this client's connections to this Service the node has seen, with this one
     * @param nanos the node's monotonic clock
     * @param luck for what is left to chance; its own, so that a fault does not change the balancer's choices
     */
    record Attempt(ServiceRules rules, Arrival arrival, long count, long nanos, Luck luck) {}

    /**
     * What chance has in a fault.
     *
     * @param seed decides what is drawn once, such as which clients are concerned
     */
    record Luck(long seed, RandomGenerator random) {}

    /** As users type it. */
    String word();

    /** Continues "the fault …". */
    String words();

    Reach reach();

    default boolean covers(Node node) {
        return true;
    }

    default boolean covers(Attempt attempt) {
        return true;
    }

    /** Whether it covers the way to one of the Service's endpoints. */
    default boolean covers(ServiceRules rules, Endpoint endpoint) {
        return true;
    }

    /** On some nodes only, which are the entry nodes. */
    record OnNodes(Set<String> numbers) implements Scope {
        public OnNodes {
            numbers = Collections.unmodifiableSet(new TreeSet<>(numbers));
        }

        @Override
        public String word() {
            return "node-" + String.join("+", numbers);
        }

        @Override
        public String words() {
            return "on "
                    + String.join(
                            " and ", numbers.stream().map(n -> "node-" + n).toList());
        }

        @Override
        public Reach reach() {
            return Reach.NODE;
        }

        @Override
        public boolean covers(Node node) {
            return numbers.stream().anyMatch(number -> node.name().equals("node-" + number));
        }
    }

    /** For one endpoint only. */
    record ToEndpoint(int number) implements Scope {
        @Override
        public String word() {
            return "endpoint-" + number;
        }

        @Override
        public String words() {
            return "for the endpoint number %d of each Service".formatted(number);
        }

        @Override
        public Reach reach() {
            return Reach.ENDPOINT;
        }

        @Override
        public boolean covers(ServiceRules rules, Endpoint endpoint) {
            return rules.endpoints().indexOf(endpoint) == number - 1;
        }
    }

    /** For the endpoints of one node only. */
    record ToNode(String number) implements Scope {
        @Override
        public String word() {
            return "to-node-" + number;
        }

        @Override
        public String words() {
            return "towards the pods of node-" + number;
        }

        @Override
        public Reach reach() {
            return Reach.ENDPOINT;
        }

        @Override
        public boolean covers(ServiceRules rules, Endpoint endpoint) {
            return endpoint.node().name().equals("node-" + number);
        }
    }

    /** Through one way in only. */
    record Through(Arrival.Through way) implements Scope {
        @Override
        public String word() {
            return way.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        @Override
        public String words() {
            return switch (way) {
                case CLUSTER_IP -> "through the ClusterIP";
                case NODE_PORT -> "through node ports";
                case LOAD_BALANCER -> "through the load balancer's address";
            };
        }

        @Override
        public Reach reach() {
            return Reach.FRONT_END;
        }

        @Override
        public boolean covers(Attempt attempt) {
            return attempt.arrival().through() == way;
        }
    }

    /** For one kind of client only, as the entry node sees it. */
    record From(Arrival.Origin origin) implements Scope {
        @Override
        public String word() {
            return switch (origin) {
                case POD -> "from-pods";
                case NODE -> "from-host-network";
                case OUTSIDE -> "from-outside";
            };
        }

        @Override
        public String words() {
            return switch (origin) {
                case POD -> "for pods of the entry node";
                case NODE -> "for clients on the entry node's own network";
                case OUTSIDE -> "for clients off the cluster and those that come from other nodes";
            };
        }

        @Override
        public Reach reach() {
            return Reach.FRONT_END;
        }

        @Override
        public boolean covers(Attempt attempt) {
            return attempt.arrival().origin() == origin;
        }
    }

    /** For Services that ask for something only. */
    enum Asking implements Scope {
        UNDER_LOCAL("under-local", "under externalTrafficPolicy: Local") {
            @Override
            public boolean covers(Attempt attempt) {
                return attempt.arrival().isExternal() && attempt.rules().isLocal();
            }
        },
        WITH_AFFINITY("with-affinity", "with sessionAffinity: ClientIP") {
            @Override
            public boolean covers(Attempt attempt) {
                return attempt.rules().spec().sessionAffinity() instanceof SessionAffinity.ClientIP;
            }
        };

        private final String word;
        private final String words;

        Asking(String word, String words) {
            this.word = word;
            this.words = words;
        }

        @Override
        public String word() {
            return word;
        }

        @Override
        public String words() {
            return words;
        }

        @Override
        public Reach reach() {
            return Reach.FRONT_END;
        }
    }

    /**
     * For a share of the connections, each by a draw of its own.
     *
     * @param percent above 0, below 100
     */
    record Share(double percent) implements Scope {
        @Override
        public String word() {
            return number() + "%";
        }

        @Override
        public String words() {
            return "for " + number() + " % of new connections";
        }

        private String number() {
            return percent == Math.rint(percent) ? Long.toString(Math.round(percent)) : Double.toString(percent);
        }

        @Override
        public Reach reach() {
            return Reach.CONNECTION;
        }

        @Override
        public boolean covers(Attempt attempt) {
            return attempt.luck().random().nextDouble() < percent / 100;
        }
    }

    /** For the clients whose addresses are in one of so many buckets of a hash table; the seed says in which. */
    record OneBucketOf(int buckets) implements Scope {
        @Override
        public String word() {
            return "1-of-" + buckets + "-clients";
        }

        @Override
        public String words() {
            return "for the client addresses in one of %d buckets".formatted(buckets);
        }

        @Override
        public Reach reach() {
            return Reach.CONNECTION;
        }

        @Override
        public boolean covers(Attempt attempt) {
            return Hash.of(attempt.arrival().sourceAddress(), attempt.luck().seed(), buckets) == 0;
        }
    }

    /** On and off, with a right spell long enough to look well in. */
    record Flapping() implements Scope {

        /** Of which {@link #BROKEN} are wrong. */
        static final Duration PERIOD = Duration.ofSeconds(3);

        static final double BROKEN = 0.85;

        @Override
        public String word() {
            return "flapping";
        }

        @Override
        public String words() {
            return "for %.0f %% of the time, in spells".formatted(BROKEN * 100);
        }

        @Override
        public Reach reach() {
            return Reach.CONNECTION;
        }

        @Override
        public boolean covers(Attempt attempt) {
            return Math.floorMod(attempt.nanos() + attempt.luck().seed(), PERIOD.toNanos()) < BROKEN * PERIOD.toNanos();
        }
    }

    /** For the first connections of each client to each Service through a node. */
    record First(int connections) implements Scope {
        @Override
        public String word() {
            return "first-" + connections;
        }

        @Override
        public String words() {
            return "for the first %d connections of each client".formatted(connections);
        }

        @Override
        public Reach reach() {
            return Reach.CONNECTION;
        }

        @Override
        public boolean covers(Attempt attempt) {
            return attempt.count() <= connections;
        }
    }

    /** For each so many-th connection of each client to each Service through a node. */
    record Every(int connections) implements Scope {
        @Override
        public String word() {
            return "every-" + connections;
        }

        @Override
        public String words() {
            return "for each %dth connection of each client".formatted(connections);
        }

        @Override
        public Reach reach() {
            return Reach.CONNECTION;
        }

        @Override
        public boolean covers(Attempt attempt) {
            return attempt.count() % connections == 0;
        }
    }
}
