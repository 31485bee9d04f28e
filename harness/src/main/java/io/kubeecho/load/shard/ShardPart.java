package io.kubeecho.load.shard;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.kubeecho.load.schedule.Shard;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A shard's document that was read, and where from. */
public final class ShardPart {

    private static final String BEGIN = "{\"format\":\"" + ShardDocument.FAMILY;

    private final ShardDocument document;
    private final String from;

    private ShardPart(ShardDocument document, String from) {
        this.document = document;
        this.from = from;
    }

    ShardDocument document() {
        return document;
    }

    /** Where it was read from. */
    public String from() {
        return from;
    }

    /** What was known of the load before it began. */
    public ShardHeader header() {
        return document.header();
    }

    /** As errors name it. */
    String name() {
        return "shard " + document.place().text() + " (" + from + ")";
    }

    /**
     * Reads the documents among lines of any kind, such as those of several pods' logs: whatever stands in other lines, and
     * before a document in its line, is passed over.
     *
     * @param name of what is read, for messages
     * @throws ShardException if a document is cut off, damaged, or of another format
     */
    public static List<ShardPart> read(BufferedReader lines, String name) throws IOException, ShardException {
        List<ShardPart> found = new ArrayList<>();
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            int begin = line.indexOf(BEGIN);
            if (begin >= 0) {
                String where = name + (number == 1 ? "" : ", line " + number);
                found.add(new ShardPart(parse(line.substring(begin), where), where));
            }
        }
        return found;
    }

    private static ShardDocument parse(String json, String where) throws ShardException {
        if (!json.startsWith(BEGIN + ShardDocument.FORMAT.substring(ShardDocument.FAMILY.length()) + "\"")) {
            throw new ShardException("the shard's document in " + where + " is of another format than '"
                    + ShardDocument.FORMAT + "': report it with the version of kube-echo that made it");
        }
        ShardDocument document;
        try {
            document = ShardDocument.JSON.readValue(json, ShardDocument.class);
            Shard unused = document.place();
            document.startedAt();
        } catch (JsonProcessingException | RuntimeException e) {
            throw new ShardException(
                    "the shard's document in " + where + " is cut off or damaged: its load was ended by force, or its"
                            + " log is not whole (one of more than 10 MiB is rotated away)",
                    e);
        }
        try {
            document.require();
        } catch (IllegalArgumentException e) {
            throw new ShardException("the shard's document in " + where + " is damaged: " + e.getMessage(), e);
        }
        return document;
    }
}
