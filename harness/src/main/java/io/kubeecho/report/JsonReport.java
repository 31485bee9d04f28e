package io.kubeecho.report;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.kubeecho.output.PlainText;
import io.kubeecho.output.WholeFile;
import java.io.IOException;
import java.nio.file.Path;

/** The whole run with every observation, durations and instants in ISO 8601. */
public final class JsonReport {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private JsonReport() {}

    public static void write(RunReport report, Path file) throws IOException {
        WholeFile.write(file, PlainText.ofLines(MAPPER.writeValueAsString(report)));
    }

    /** @throws IOException if the file is not such a report */
    public static RunReport read(Path file) throws IOException {
        return MAPPER.readValue(file.toFile(), RunReport.class);
    }
}
