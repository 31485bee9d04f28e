package io.kubeecho.lab.embedded;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A plausible bug of a data plane: what breaks, and where. Its name has both, as in {@code affinity-lost:node-2}.
 *
 * @see #named()
 */
public final class Fault {

    private static final List<FaultKind> KINDS = Stream.of(
                    AffinityFaults.KINDS, BalancingFaults.KINDS, PolicyFaults.KINDS, EndpointFaults.KINDS)
            .flatMap(List::stream)
            .toList();

    private final FaultKind kind;
    private final Where where;
    private final String foundBy;

    Fault(FaultKind kind, Where where, String foundBy) {
        this.kind = kind;
        this.where = where;
        this.foundBy = foundBy;
    }

    /** All that the documentation names; any other place that a kind can be limited to may be asked for too. */
    public static List<Fault> named() {
        return KINDS.stream().flatMap(kind -> kind.named().stream()).toList();
    }

    /**
     * The fault of a name.
     *
     * @param id a kind, and the words of scopes after it, with colons between them
     * @throws IllegalArgumentException with one line that says what to type instead
     */
    public static Fault of(String id) {
        Optional<Fault> known = named().stream().filter(f -> f.id().equals(id)).findFirst();
        if (known.isPresent()) {
            return known.get();
        }
        List<String> words = List.of(id.split(":", -1));
        FaultKind kind = KINDS.stream()
                .filter(k -> k.name().equals(words.get(0)))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("unknown fault '%s'; did you mean %s? 'kube-echo list' has all"
                                .formatted(
                                        id,
                                        Likeness.nearest(
                                                        words.get(0),
                                                        KINDS.stream()
                                                                .map(FaultKind::name)
                                                                .toList())
                                                .stream()
                                                .collect(joining(" or ")))));
        return new Fault(
                kind,
                where(kind, words.subList(1, words.size())),
                kind.named().get(0).foundBy());
    }

    static Where where(FaultKind kind, List<String> words) {
        List<Scope> scopes = new ArrayList<>();
        for (String word : words) {
            Scope scope = ScopeWords.of(word)
                    .orElseThrow(() ->
                            new IllegalArgumentException("'%s' after %s is no place to limit a fault to; there are %s"
                                    .formatted(
                                            word,
                                            kind.name(),
                                            ScopeWords.FORMS.stream()
                                                    .map(ScopeWords.Form::form)
                                                    .collect(joining(", ")))));
            if (scope.reach().compareTo(kind.reach()) > 0) {
                throw new IllegalArgumentException("%s cannot be limited by '%s', only by %s"
                        .formatted(kind.name(), word, kind.reach().words()));
            }
            if (scopes.stream().anyMatch(s -> s.getClass().equals(scope.getClass()))) {
                throw new IllegalArgumentException("%s is limited by '%s' twice".formatted(kind.name(), word));
            }
            scopes.add(scope);
        }
        return new Where(scopes);
    }

    /** The name users type. */
    public String id() {
        return Stream.concat(Stream.of(kind.name()), where.scopes().stream().map(Scope::word))
                .collect(joining(":"));
    }

    public String description() {
        return where.scopes().isEmpty() ? kind.description() : kind.description() + ": " + where.words();
    }

    /** The id of the scenario that finds it, or is to find it. */
    public String foundBy() {
        return foundBy;
    }

    Where where() {
        return where;
    }

    Steps steps(NodeState at) {
        return kind.steps(at, where);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Fault fault && fault.id().equals(id());
    }

    @Override
    public int hashCode() {
        return id().hashCode();
    }

    @Override
    public String toString() {
        return id();
    }
}
