package io.kubeecho.load.identity;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A regular expression finds the pod, and perhaps the client's address, in the body. */
record RegexRule(Pattern pattern, boolean namesPod, boolean namesClient) implements IdentityRule {

    private static final Pattern POD = Pattern.compile("\\(\\?<pod>");
    private static final Pattern CLIENT = Pattern.compile("\\(\\?<client>");

    RegexRule(Pattern pattern) {
        this(
                pattern,
                POD.matcher(pattern.pattern()).find(),
                CLIENT.matcher(pattern.pattern()).find());
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
