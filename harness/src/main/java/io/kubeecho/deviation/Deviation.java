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
 * @param sometimes whether it shows in some runs only, so that one without it says nothing
 */
public record Deviation(
        String scenario, Where where, String reason, String link, Optional<LocalDate> until, boolean sometimes) {

    /** As a file has it. */
    @JsonCreator
    static Deviation of(
            @JsonProperty(value = "scenario", required = true) @Nullable String scenario,
            @JsonProperty("cell") @Nullable Where where,
            @JsonProperty(value = "reason", required = true) @Nullable String reason,
            @JsonProperty("link") @Nullable String link,
            @JsonProperty("until") @Nullable LocalDate until,
            @JsonProperty("sometimes") @Nullable Boolean sometimes) {
        return new Deviation(
                Objects.requireNonNullElse(scenario, ""),
                Objects.requireNonNullElse(where, Where.EVERYWHERE),
                Objects.requireNonNullElse(reason, ""),
                Objects.requireNonNullElse(link, ""),
                Optional.ofNullable(until),
                Boolean.TRUE.equals(sometimes));
    }

    boolean isExcusedOn(LocalDate day) {
        return until.isEmpty() || !day.isAfter(until.get());
    }

    /** The reason, and the link where there is one. */
    String why() {
        return link.isEmpty() ? reason : reason + " (" + link + ")";
    }
}
