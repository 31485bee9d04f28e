package io.kubeecho.bench.report;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one part, or one whole run, has found.
 *
 * @param began when, in ISO 8601
 * @param conditions the machine and the versions, by what they are
 * @param figures in the order of the table
 */
public record Results(String began, Map<String, String> conditions, List<Figure> figures) {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private static final String NOT_MEASURED = "not measured in this run";

    public Results {
        figures = List.copyOf(figures);
    }

    public Optional<Figure> figure(String id) {
        return figures.stream().filter(figure -> figure.id().equals(id)).findFirst();
    }

    /** This and what another part of the same run has found. */
    Results and(Results later) {
        return new Results(
                began,
                conditions,
                Stream.concat(figures.stream(), later.figures.stream()).toList());
    }

    /** This with the figures that it has not measured, as they were found before. */
    Results orElse(Results before) {
        List<Figure> kept = before.figures.stream()
                .filter(figure -> figure(figure.id()).isEmpty())
                .toList();
        if (kept.isEmpty()) {
            return this;
        }
        String names = kept.stream()
                .map(figure -> figure.id().split("/", 2)[0])
                .distinct()
                .collect(joining(", "));
        // what was kept before is older still
        String since = before.conditions.getOrDefault(NOT_MEASURED, "as of " + before.began);
        Map<String, String> more = new LinkedHashMap<>(conditions);
        more.put(NOT_MEASURED, since.startsWith("as of ") ? names + ", " + since : names + ", or earlier: " + since);
        return new Results(
                began, more, Stream.concat(figures.stream(), kept.stream()).toList());
    }

    public static Results read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Results.class);
    }

    public void write(Path file) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
    }
}
