package io.kubeecho.page;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubeecho.output.PlainText;

/** A page whose script draws the data that stands in it: nothing is fetched from anywhere. */
public final class DataPage {

    private static final String PLACE = "\"@DATA@\"";

    private DataPage() {}

    /**
     * Puts data into a page.
     *
     * @param beside a class beside whose file the page's lies
     * @param file a page with the string {@code "@DATA@"} where the data goes
     */
    public static String of(Class<?> beside, String file, JsonNode data) {
        // what a pod answers is in it, which may be </script>
        String json = PlainText.ofLines(data.toString()).replace("<", "\\u003c");
        return ClassPathText.beside(beside, file).replace(PLACE, json);
    }
}
