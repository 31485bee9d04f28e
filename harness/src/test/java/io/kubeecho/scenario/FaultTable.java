package io.kubeecho.scenario;

import io.kubeecho.lab.embedded.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table of the faults in the documentation, between two marks: what is broken, who finds it, and in how many runs it did. */
final class FaultTable {

    static final Path DOCUMENT = Path.of("../docs/faults.md");

    private static final String BEGIN = "<!-- written by FaultsTest with -Dfaults.write=true -->\n";
    private static final String END = "<!-- end -->\n";

    private FaultTable() {}

    /** A line of the table. */
    record Line(String fault, String broken, String foundBy, String found) {

        static Line of(Fault fault, String found) {
            return new Line(
                    "`" + fault.id() + "`",
                    fault.description(),
                    NotFoundYet.reason(fault)
                            .map(reason -> "%s, not yet: %s".formatted(fault.foundBy(), reason))
                            .orElse(fault.foundBy()),
                    found);
        }

        @Override
        public String toString() {
            return "| %s | %s | %s | %s |\n".formatted(fault, broken, foundBy, found);
        }
    }

    /** The lines of the document, by fault. */
    static Map<String, Line> read() throws IOException {
        String text = Files.readString(DOCUMENT);
        Map<String, Line> lines = new LinkedHashMap<>();
        text.substring(text.indexOf(BEGIN) + BEGIN.length(), text.indexOf(END))
                .lines()
                .skip(2)
                .map(line -> line.split(" ?\\| ?", -1))
                .map(cells -> new Line(cells[1], cells[2], cells[3], cells[4]))
                .forEach(line -> lines.put(line.fault(), line));
        return lines;
    }

    /** Writes the table with what was found now; what was not tried keeps what was found then. */
    static void write(List<Fault> faults, Map<Fault, String> found) throws IOException {
        Map<String, Line> before = read();
        StringBuilder table = new StringBuilder("| fault | what is broken | found by | in runs |\n|---|---|---|---|\n");
        for (Fault fault : faults) {
            String then = Optional.ofNullable(before.get("`" + fault.id() + "`"))
                    .map(Line::found)
                    .orElse("");
            table.append(Line.of(fault, found.getOrDefault(fault, then)));
        }
        String text = Files.readString(DOCUMENT);
        Files.writeString(
                DOCUMENT,
                text.substring(0, text.indexOf(BEGIN) + BEGIN.length()) + table + text.substring(text.indexOf(END)));
    }
}
