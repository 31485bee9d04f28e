package io.kubeecho.lab.embedded;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the words for {@link Scope}s. */
final class ScopeWords {

    private ScopeWords() {}

    /** How a word is read; the forms are what a wrong one is answered with. */
    record Form(String form, Pattern pattern, Function<MatchResult, Scope> reading) {
        private Form(String form, String pattern, Function<MatchResult, Scope> reading) {
            this(form, Pattern.compile(pattern), reading);
        }
    }

    static final List<Form> FORMS = Stream.of(
                    Stream.of(
                            new Form(
                                    "node-1 to node-3, or node-1+2",
                                    "node-([1-3](?:\\+[1-3])*)",
                                    m -> new Scope.OnNodes(
                                            new TreeSet<>(List.of(m.group(1).split("\\+", -1))))),
                            new Form(
                                    "endpoint-1 to endpoint-4",
                                    "endpoint-([1-4])",
                                    m -> new Scope.ToEndpoint(Integer.parseInt(m.group(1)))),
                            new Form("to-node-1 to to-node-3", "to-node-([1-3])", m -> new Scope.ToNode(m.group(1)))),
                    Stream.of(Arrival.Through.values()).map(way -> literal(new Scope.Through(way))),
                    Stream.of(Arrival.Origin.values()).map(origin -> literal(new Scope.From(origin))),
                    Stream.of(Scope.Asking.values()).map(ScopeWords::literal),
                    Stream.of(
                            new Form(
                                    "1%",
                                    "((?!0+(?:\\.0+)?%)\\d{1,2}(?:\\.\\d{1,3})?)%",
                                    m -> new Scope.Share(Double.parseDouble(m.group(1)))),
                            new Form(
                                    "1-of-16-clients",
                                    "1-of-([2-9]|\\d{2,3})-clients",
                                    m -> new Scope.OneBucketOf(Integer.parseInt(m.group(1)))),
                            literal(new Scope.Flapping()),
                            new Form(
                                    "first-3",
                                    "first-([1-9]\\d{0,3})",
                                    m -> new Scope.First(Integer.parseInt(m.group(1)))),
                            new Form(
                                    "every-200",
                                    "every-([1-9]\\d{0,3})",
                                    m -> new Scope.Every(Integer.parseInt(m.group(1))))))
            .flatMap(forms -> forms)
            .toList();

    private static Form literal(Scope scope) {
        return new Form(scope.word(), Pattern.quote(scope.word()), m -> scope);
    }

    /** Empty for what is no scope at all. */
    static Optional<Scope> of(String word) {
        return FORMS.stream()
                .flatMap(form -> {
                    Matcher matcher = form.pattern().matcher(word);
                    return matcher.matches() ? Stream.of(form.reading().apply(matcher.toMatchResult())) : Stream.of();
                })
                .findFirst();
    }
}
