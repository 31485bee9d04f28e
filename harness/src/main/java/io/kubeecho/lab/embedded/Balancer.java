package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.ServiceSpec.SessionAffinity;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Picks the endpoint of a new connection that no affinity has one for; each node has its own. */
sealed interface Balancer {

    /** @param eligible at least one */
    Endpoint pick(ServiceRules rules, Arrival arrival, List<Endpoint> eligible);

    /** {@code -m statistic --mode random}: even, and independent of what came before. */
    record AtRandom(RandomGenerator random) implements Balancer {
        @Override
        public Endpoint pick(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
            return eligible.get(random.nextInt(eligible.size()));
        }
    }

    /** One after the other, for each Service from the first. */
    record RoundRobin(Map<String, Integer> next) implements Balancer {
        RoundRobin() {
            this(new HashMap<>());
        }

        @Override
        public Endpoint pick(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
            return eligible.get(Math.floorMod(next.merge(rules.service(), 1, Integer::sum) - 1, eligible.size()));
        }
    }

    /** By the client's address and nothing else. */
    record SourceHash() implements Balancer {
        @Override
        public Endpoint pick(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
            return eligible.get(Hash.of(arrival.sourceAddress(), 0, eligible.size()));
        }
    }

    /**
     * A table of a prime number of places, which the endpoints fill by turns, each in an order of its own (Eisenbud et al.,
     * "Maglev", NSDI 2016, 3.4). With affinity the client's port is left out; the Service's address always is.
     */
    record Maglev(Map<List<Endpoint>, Endpoint[]> tables) implements Balancer {

        private static final int PLACES = 251;

        Maglev() {
            this(new HashMap<>());
        }

        @Override
        public Endpoint pick(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
            boolean affine = rules.spec().sessionAffinity() instanceof SessionAffinity.ClientIP;
            String flow = arrival.sourceAddress() + (affine ? "" : ":" + arrival.sourcePort());
            return tables.computeIfAbsent(List.copyOf(eligible), Maglev::table)[Hash.of(flow, 1, PLACES)];
        }

        private static Endpoint[] table(List<Endpoint> endpoints) {
            Endpoint[] table = new Endpoint[PLACES];
            int[] tried = new int[endpoints.size()];
            for (int filled = 0; filled < PLACES; filled++) {
                int turn = filled % endpoints.size();
                Endpoint endpoint = endpoints.get(turn);
                int place = place(endpoint, tried[turn]++);
                while (table[place] != null) {
                    place = place(endpoint, tried[turn]++);
                }
                table[place] = endpoint;
            }
            return Arrays.copyOf(table, PLACES);
        }

        /** The permutation of the places that is this endpoint's. */
        private static int place(Endpoint endpoint, int number) {
            int offset = Hash.of(endpoint.name(), 2, PLACES);
            int skip = Hash.of(endpoint.name(), 3, PLACES - 1) + 1;
            return (offset + number * skip) % PLACES;
        }
    }

    /** The last endpoint has a tenth of the weight of each of the others. */
    record Weighted(RandomGenerator random) implements Balancer {

        private static final int WEIGHT = 10;

        @Override
        public Endpoint pick(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
            int others = eligible.size() - 1;
            return eligible.get(random.nextInt(others * WEIGHT + 1) / WEIGHT);
        }
    }
}
