package io.kubeecho.scenario;

import static java.util.stream.Collectors.joining;

import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.embedded.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The matrix of faults and scenarios as the documentation has it, between two marks. */
final class FaultMatrix {

    private static final String BEGIN = "<!-- written by FaultMatrixTest with -Dmatrix.write=true -->\n";
    private static final String END = "<!-- end -->\n";

    private FaultMatrix() {}

    /** A row for each fault, a column for each scenario. */
    static String of(Map<Optional<Fault>, Map<String, Verdict>> verdicts) {
        List<String> ids = Catalogue.all().stream().map(Catalogue.Item::id).toList();
        StringBuilder text = new StringBuilder();
        text.append("| fault | ").append(String.join(" | ", ids)).append(" |\n");
        text.append("|---|").append(":-:|".repeat(ids.size())).append('\n');
        verdicts.forEach((fault, row) -> text.append("| ")
                .append(fault.map(Fault::id).orElse("*none*"))
                .append(" | ")
                .append(ids.stream().map(id -> sign(row.get(id))).collect(joining(" | ")))
                .append(" |\n"));
        text.append("\n| fault | what it is |\n|---|---|\n");
        for (Fault fault : Fault.values()) {
            text.append("| ")
                    .append(fault.id())
                    .append(" | ")
                    .append(fault.description())
                    .append(" |\n");
        }
        return text.toString();
    }

    private static String sign(@Nullable Verdict verdict) {
        return verdict == null
                ? ""
                : switch (verdict) {
                    case PASS -> "·";
                    case FAIL -> "**F**";
                    case INCONCLUSIVE -> "?";
                    case INFO -> "i";
                    case SKIP, KNOWN_DEVIATION -> verdict.name();
                };
    }

    /** What the document has between the marks. */
    static String in(Path document) throws IOException {
        String text = Files.readString(document);
        return text.substring(text.indexOf(BEGIN) + BEGIN.length(), text.indexOf(END));
    }

    static void write(String matrix, Path document) throws IOException {
        String text = Files.readString(document);
        Files.writeString(
                document,
                text.substring(0, text.indexOf(BEGIN) + BEGIN.length()) + matrix + text.substring(text.indexOf(END)));
    }
}
