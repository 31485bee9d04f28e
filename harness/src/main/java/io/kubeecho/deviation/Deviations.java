package io.kubeecho.deviation;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.kubeecho.evidence.Cell;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is known to deviate in one environment. It makes a FAIL a KNOWN-DEVIATION where every broken cell is on the list, and
 * tells when something on the list is no longer so, or its time is over. It never makes anything worse or a PASS.
 */
public record Deviations(List<Deviation> all) {

    /** Nothing is known. */
    public static final Deviations NONE = new Deviations(List.of());

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .addModule(new JavaTimeModule())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    public Deviations {
        all = List.copyOf(all);
    }

    /**
     * Reads a YAML file: a list whose items have {@code scenario} and {@code reason}, and may have {@code cell} (of {@link
     * Where}), {@code link}, {@code until} (such as 2027-03-31) and {@code sometimes} (true or false).
     *
     * @param known the ids of all scenarios
     * @throws IllegalArgumentException if it cannot be read or is not such a list; the message is one line
     */
    public static Deviations read(Path file, Set<String> known) {
        Deviations read;
        try {
            @Nullable Deviation @Nullable [] items = YAML.readValue(Files.readString(file), Deviation[].class);
            if (items == null || Arrays.stream(items).anyMatch(Objects::isNull)) {
                throw wrong(file, "it is a list with nothing in one of its places");
            }
            read = new Deviations(
                    Arrays.stream(items).map(Objects::requireNonNull).toList());
        } catch (NoSuchFileException e) {
            throw wrong(file, "there is no such file");
        } catch (JacksonException e) {
            throw wrong(file, place(e) + firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw wrong(file, "it cannot be read: " + firstLine(e.getMessage()));
        }
        for (Deviation deviation : read.all) {
            if (!known.contains(deviation.scenario())) {
                throw wrong(file, "there is no scenario '" + deviation.scenario() + "'");
            }
            if (deviation.reason().isBlank()) {
                throw wrong(file, "the deviation of " + deviation.scenario() + " has no reason");
            }
        }
        return read;
    }

    private static String place(JacksonException e) {
        String path = e instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .map(step ->
                                step.getFieldName() == null ? "item " + (step.getIndex() + 1) : step.getFieldName())
                        .collect(Collectors.joining(", "))
                : "";
        String line = e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr();
        String place = path.isEmpty() ? line : line.isEmpty() ? path : line + " (" + path + ")";
        return place.isEmpty() ? "" : place + ": ";
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "no reason given" : text.lines().findFirst().orElse("");
    }

    private static IllegalArgumentException wrong(Path file, String why) {
        return new IllegalArgumentException("the deviations in " + file + " cannot be used: " + why);
    }

    /** These and others. */
    public Deviations and(Deviations others) {
        return new Deviations(Stream.concat(all.stream(), others.all.stream()).toList());
    }

    /**
     * What becomes of a result.
     *
     * @param today the day of the run
     */
    public ScenarioResult judge(ScenarioResult result, LocalDate today) {
        List<Deviation> named =
                all.stream().filter(d -> d.scenario().equals(result.id())).toList();
        if (named.isEmpty()) {
            return result;
        }
        List<Deviation> excused =
                named.stream().filter(d -> d.isExcusedOn(today)).toList();
        return switch (result.verdict()) {
            case FAIL -> judgeFailure(result, named, excused);
            case PASS -> judgePass(result, named);
            case SKIP, INCONCLUSIVE, KNOWN_DEVIATION, INFO -> result;
        };
    }

    private static ScenarioResult judgePass(ScenarioResult result, List<Deviation> named) {
        List<Deviation> gone = named.stream().filter(d -> !d.sometimes()).toList();
        return gone.isEmpty()
                ? result
                : withMeaning(
                        result,
                        result.verdict(),
                        "it is on the list of known deviations and does not deviate any longer: take it off the list ("
                                + why(gone) + ")");
    }

    private static ScenarioResult judgeFailure(ScenarioResult result, List<Deviation> named, List<Deviation> excused) {
        if (excused.isEmpty()) {
            return withMeaning(
                    result,
                    Verdict.FAIL,
                    "it was on the list of known deviations until "
                            + named.stream()
                                    .flatMap(d -> d.until().stream())
                                    .max(LocalDate::compareTo)
                                    .orElseThrow()
                            + " (" + why(named) + ")");
        }
        List<Cell> broken =
                result.findings().cells().stream().filter(c -> c.broken() > 0).toList();
        List<Cell> unknown = broken.stream()
                .filter(cell -> excused.stream().noneMatch(d -> d.where().has(cell)))
                .toList();
        boolean everywhere = excused.stream().anyMatch(d -> d.where().equals(Where.EVERYWHERE));
        if (everywhere || (unknown.isEmpty() && !broken.isEmpty())) {
            return withMeaning(result, Verdict.KNOWN_DEVIATION, "known: " + why(excused));
        }
        return withMeaning(
                result,
                Verdict.FAIL,
                unknown.isEmpty()
                        ? "a deviation is known of some of its cells, and nothing says that it was in one of them (%s)"
                                .formatted(why(excused))
                        : "a deviation is known of other cells than %s (%s)"
                                .formatted(words(unknown.get(0)), why(excused)));
    }

    private static String words(Cell cell) {
        return Stream.of(
                        cell.client(),
                        cell.clientNode().isEmpty() ? "" : "on " + cell.clientNode(),
                        cell.way().isEmpty() ? "" : "by " + cell.way(),
                        cell.entryNode().isEmpty() ? "" : "through " + cell.entryNode(),
                        cell.endpoint().isEmpty() ? "" : "to " + cell.endpoint())
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private static String why(List<Deviation> deviations) {
        return deviations.stream().map(Deviation::why).distinct().collect(Collectors.joining("; "));
    }

    private static ScenarioResult withMeaning(ScenarioResult result, Verdict verdict, String more) {
        String meaning = result.meaning().isEmpty() ? more : result.meaning() + "; " + more;
        return new ScenarioResult(
                result.id(),
                result.title(),
                verdict,
                result.expected(),
                result.seen(),
                meaning,
                result.thresholds(),
                result.findings(),
                result.phases(),
                result.started(),
                result.took());
    }
}
