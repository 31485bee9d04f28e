package io.kubeecho.lab.embedded;

import io.kubeecho.lab.embedded.Scope.Reach;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What breaks, wherever it is: one or two of the {@link Steps} done wrong. A kind is declared in one place, with the scopes
 * that have a name in the documentation and the scenarios that must find it there; users may limit it otherwise too.
 */
final class FaultKind {

    private final String name;
    private final String description;
    private final Reach reach;
    private final Breakage breakage;
    private final List<Fault> named;

    /** From a node's state to its steps as they are where the fault is. */
    @FunctionalInterface
    interface Breakage {
        /** @param where for what may be limited to endpoints, which a whole connection is not */
        Steps steps(NodeState at, Where where);
    }

    private FaultKind(String name, String description, Reach reach, Breakage breakage, List<Fault> named) {
        this.name = name;
        this.description = description;
        this.reach = reach;
        this.breakage = breakage;
        this.named = named;
    }

    /**
     * @param name as users type it
     * @param description continues with where it is
     * @param reach how fine the distinctions are by which it can be limited
     */
    static FaultKind of(String name, String description, Reach reach, Breakage breakage) {
        return new FaultKind(name, description, reach, breakage, List.of());
    }

    /**
     * The same with more named faults.
     *
     * @param scenario that must find them
     * @param wheres the words of the scopes of each, with colons between them; blank for everywhere
     */
    FaultKind foundBy(String scenario, String... wheres) {
        List<Fault> more = new ArrayList<>(named);
        Arrays.stream(wheres)
                .map(where -> new Fault(
                        this, Fault.where(this, where.isEmpty() ? List.of() : List.of(where.split(":", -1))), scenario))
                .forEach(more::add);
        return new FaultKind(name, description, reach, breakage, List.copyOf(more));
    }

    String name() {
        return name;
    }

    String description() {
        return description;
    }

    Reach reach() {
        return reach;
    }

    Steps steps(NodeState at, Where where) {
        return breakage.steps(at, where);
    }

    List<Fault> named() {
        return named;
    }
}
