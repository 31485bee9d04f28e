package io.kubeecho.hostile.run;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why the server has refused or ended something, by its own count. */
final class Reasons {

    private static final Pattern SAMPLE = Pattern.compile("(kube_echo_\\w+)\\{([^}]*)\\} (\\d+(?:\\.\\d+)?(?:E\\d+)?)");
    private static final Pattern REASON = Pattern.compile("reason=\"([^\"]*)\"");

    private Reasons() {}

    /** The counters of a scrape that have a reason and are not 0; in the order of their names. */
    static Map<String, Long> in(String metrics) {
        Map<String, Long> reasons = new TreeMap<>();
        metrics.lines().map(SAMPLE::matcher).filter(Matcher::matches).forEach(sample -> {
            Matcher reason = REASON.matcher(sample.group(2));
            long count = (long) Double.parseDouble(sample.group(3));
            String name = sample.group(1).replaceAll("^kube_echo_|_total$", "");
            if (count > 0 && (reason.find() || name.contains("refused"))) {
                reasons.merge(
                        name + (REASON.matcher(sample.group(2)).find() ? " " + reason.group(1) : ""), count, Long::sum);
            }
        });
        return reasons;
    }
}
