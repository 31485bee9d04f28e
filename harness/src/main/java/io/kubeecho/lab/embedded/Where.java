package io.kubeecho.lab.embedded;

import static java.util.stream.Collectors.joining;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.embedded.Scope.Attempt;
import io.kubeecho.lab.embedded.Scope.Reach;
import java.util.List;

/** All the scopes of a fault together: it is where they meet; without any it is everywhere. */
record Where(List<Scope> scopes) {

    Where {
        scopes = List.copyOf(scopes);
    }

    boolean covers(Node node) {
        return scopes.stream().allMatch(s -> s.covers(node));
    }

    boolean covers(Attempt attempt) {
        return scopes.stream().allMatch(s -> s.covers(attempt));
    }

    /** Whether some connections like this one are covered, and perhaps not all of them. */
    boolean mayCover(Attempt attempt) {
        return scopes.stream()
                .filter(s -> s.reach().compareTo(Reach.FRONT_END) <= 0)
                .allMatch(s -> s.covers(attempt));
    }

    /** Whether all connections that come in at one front end from clients of one kind are covered, or none. */
    boolean isWhole() {
        return scopes.stream().allMatch(s -> s.reach().compareTo(Reach.FRONT_END) <= 0);
    }

    boolean covers(ServiceRules rules, Endpoint endpoint) {
        return scopes.stream().allMatch(s -> s.covers(rules, endpoint));
    }

    /** Continues "a fault …"; blank where it is everywhere. */
    String words() {
        return scopes.stream().map(Scope::words).collect(joining(", "));
    }
}
