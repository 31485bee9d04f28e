package io.kubeecho.deviation;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.LocalDate;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure that is known.
 *
 * @param scenario the id of the one that FAILs, such as NOEP
 * @param where in which cells; others FAIL all the same
 * @param reason why, in a few words
 * @param link to who says so: an issue, a document; perhaps empty
 * @param until the last day on which it is excused; empty where no end is known
 */
public record Deviation(String scenario, Where where, String reason, String link, Optional<LocalDate> until) {

    /** As a file has it. */
    @JsonCreator
    static Deviation of(
            @JsonProperty(value = "scenario", required = true) @Nullable String scenario,
            @JsonProperty("cell") @Nullable Where where,
            @JsonProperty(value = "reason", required = true) @Nullable String reason,
            @JsonProperty("link") @Nullable String link,
            @JsonProperty("until") @Nullable LocalDate until) {
        return new Deviation(
                Objects.requireNonNullElse(scenario, ""),
                Objects.requireNonNullElse(where, Where.EVERYWHERE),
                Objects.requireNonNullElse(reason, ""),
                Objects.requireNonNullElse(link, ""),
                Optional.ofNullable(until));
    }

    boolean isExcusedOn(LocalDate day) {
        return until.isEmpty() || !day.isAfter(until.get());
    }

    /** The reason, and the link where there is one. */
    String why() {
        return link.isEmpty() ? reason : reason + " (" + link + ")";
    }
}
