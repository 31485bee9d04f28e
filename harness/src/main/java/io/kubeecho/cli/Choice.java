package io.kubeecho.cli;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import picocli.CommandLine.TypeConversionException;

/** One of a few words on the command line, as the constants write themselves. */
final class Choice {

    private Choice() {}

    /** @throws TypeConversionException naming the words there are */
    static <E extends Enum<E>> E of(E[] constants, String word) {
        return Arrays.stream(constants)
                .filter(c -> c.toString().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'%s' is none of %s"
                        .formatted(
                                word, Arrays.stream(constants).map(E::toString).collect(joining(", ")))));
    }
}
