package io.kubeecho.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryTest {

    @TempDir
    Path folder;

    Path parts;
    Path kept;
    Path page;
    Path plot;

    @BeforeEach
    void pageWithAPlace() throws IOException {
        parts = Files.createDirectory(folder.resolve("parts"));
        kept = folder.resolve("kept");
        plot = folder.resolve("plot.svg");
        page = Files.writeString(
                folder.resolve("page.md"),
                "before\n<!-- results: written by `make bench` -->\nold\n<!-- end of results -->\nafter\n");
    }

    @Test
    void aRegressionShowsBesideTheRunBefore() throws IOException {
        run("2026-01-01T00:00:00Z", 1.0);
        run("2026-01-02T00:00:00Z", 1.3);
        assertThat(page)
                .content()
                .startsWith("before\n")
                .endsWith("-->\nafter\n")
                .contains("| a ratio | 1.20 | 1.00 | 1.30 | 1.30 to 1.30 | 6 | **missed** | 1.00 | **1.30 worse** |")
                .doesNotContain("old");
        assertThat(plot).content().contains("1.30 of 1.20, missed");
    }

    @Test
    void theSameRunReportedAgainIsNotItsOwnPredecessor() throws IOException {
        run("2026-01-01T00:00:00Z", 1.0);
        run("2026-01-02T00:00:00Z", 0.9);
        run("2026-01-02T00:00:00Z", 0.9);
        assertThat(page).content().contains("| stretch | 1.00 | 0.90 better |");
    }

    @Test
    void aChangeWithinTheIntervalsIsNotMarked() throws IOException {
        write("2026-01-01T00:00:00Z", List.of(1.0, 1.1, 1.2, 1.0, 1.1, 1.2));
        write("2026-01-02T00:00:00Z", List.of(1.1, 1.2, 1.3, 1.1, 1.2, 1.3));
        assertThat(page).content().contains("| 1.10 | 1.09 |");
    }

    @Test
    void whatWasNotMeasuredStaysAsItWasAndIsNamed() throws IOException {
        run("2026-01-01T00:00:00Z", 1.0);
        Files.delete(parts.resolve("one.json"));
        Figure other = Figure.of("none/a", "another", Figure.RATIO, List.of(2.0));
        new Results("2026-01-02T00:00:00Z", Map.of("kernel", "Linux"), List.of(other))
                .write(parts.resolve("none.json"));
        Summary.of(parts, List.of("none", "one")).write(kept, page, plot);
        assertThat(page)
                .content()
                .contains("| a ratio | 1.20 | 1.00 | 1.00 | 1.00 to 1.00 | 6 |", "another")
                .contains("| not measured in this run | one, as of 2026-01-01T00:00:00Z |");
    }

    private void run(String began, double value) throws IOException {
        write(began, List.of(value, value, value, value, value, value));
    }

    private void write(String began, List<Double> sample) throws IOException {
        Figure figure = Figure.of("one/a", "a ratio", Figure.RATIO, sample).withGoal(1.2, 1.0);
        new Results(began, Map.of("kernel", "Linux"), List.of(figure)).write(parts.resolve("one.json"));
        Summary.of(parts, List.of("none", "one")).write(kept, page, plot);
    }
}
