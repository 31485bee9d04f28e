package io.kubeecho.load.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One page with everything in it: no script, style, font or picture is fetched from anywhere. */
public final class HtmlPage {

    /** More single moves and errors would only make the page heavy; they are all in the JSON. */
    private static final int MOST_EVENTS = 2_000;

    private HtmlPage() {}

    public static void write(LoadReport report, Path file) throws IOException {
        Files.writeString(file, of(report));
    }

    static String of(LoadReport report) {
        ObjectNode data = JsonSummary.of(report);
        trim(data, "errorEvents");
        trim((ObjectNode) data.get("affinity"), "events");
        data.put("text", TextSummary.of(report));
        // a pod may call itself </script>
        String json = data.toString()
                .replace("<", "\\u003c")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
        return Resources.text("page.html").replace("\"@DATA@\"", json);
    }

    private static void trim(ObjectNode node, String array) {
        var events = node.withArray(array);
        while (events.size() > MOST_EVENTS) {
            events.remove(events.size() - 1);
        }
    }
}
