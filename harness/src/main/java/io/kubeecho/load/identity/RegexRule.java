package io.kubeecho.load.identity;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A regular expression finds the pod, and perhaps the client's address, in the body: in a time linear in its length. */
record RegexRule(Pattern pattern, boolean namesPod, boolean namesClient) implements IdentityRule {

    /** @throws IllegalArgumentException if RE2 does not take it; the message says why */
    static RegexRule of(String expression) {
        try {
            Pattern pattern = Pattern.compile(expression);
            return new RegexRule(
                    pattern,
                    pattern.namedGroups().containsKey("pod"),
                    pattern.namedGroups().containsKey("client"));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "'" + expression
                            + "' is not a regular expression as RE2 takes them, which has no look-around and no"
                            + " back-references: " + e.getDescription(),
                    e);
        }
    }

    @Override
    public Optional<Identity> read(String body, String header) {
        Matcher m = pattern.matcher(body);
        if (!m.find()) {
            return Optional.empty();
        }
        String client = namesClient ? orEmpty(m.group("client")) : "";
        return Optional.of(new Identity(orEmpty(pod(m)), client));
    }

    private @Nullable String pod(Matcher m) {
        if (namesPod) {
            return m.group("pod");
        }
        return namesClient ? "" : m.group(m.groupCount() > 0 ? 1 : 0);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
