package io.kubeecho.load.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeecho.output.OutputException;
import io.kubeecho.output.WholeFile;
import io.kubeecho.page.DataPage;
import java.nio.file.Path;

/** One page with everything in it: no script, style, font or picture is fetched from anywhere. */
public final class HtmlPage {

    /** More single moves and errors would only make the page heavy; they are all in the JSON. */
    private static final int MOST_EVENTS = 2_000;

    private HtmlPage() {}

    public static void write(LoadReport report, Path file) throws OutputException {
        WholeFile.write(file, of(report));
    }

    static String of(LoadReport report) {
        ObjectNode data = JsonSummary.of(report);
        trim(data, "errorEvents");
        trim((ObjectNode) data.get("affinity"), "events");
        data.put("text", TextSummary.of(report));
        return DataPage.of(HtmlPage.class, "page.html", data);
    }

    private static void trim(ObjectNode node, String array) {
        var events = node.withArray(array);
        while (events.size() > MOST_EVENTS) {
            events.remove(events.size() - 1);
        }
    }
}
