package io.kubeecho.hostile.attack;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How an attack stands; as text, what its process says of itself once in a second.
 *
 * @param attack its name
 * @param open how many connections are open
 * @param most how many were at most
 * @param opened how many have been in all
 * @param refused how many could not be opened
 * @param ended how many the server has ended
 */
public record Counts(String attack, long open, long most, long opened, long refused, long ended) {

    private static final Pattern TEXT = Pattern.compile(
            "(\\S+): open (\\d+), at most (\\d+), opened (\\d+), refused (\\d+), ended by the server (\\d+)");

    /** Of an attack that has not begun. */
    public static Counts none(String attack) {
        return new Counts(attack, 0, 0, 0, 0, 0);
    }

    /**
     * Reads what {@link #toString} has written.
     *
     * @throws IllegalArgumentException when the line is none
     */
    public static Counts of(String line) {
        Matcher text = TEXT.matcher(line);
        if (!text.matches()) {
            throw new IllegalArgumentException("not the counts of an attack: " + line);
        }
        return new Counts(
                text.group(1), number(text, 2), number(text, 3), number(text, 4), number(text, 5), number(text, 6));
    }

    private static long number(Matcher text, int group) {
        return Long.parseLong(text.group(group));
    }

    @Override
    public String toString() {
        return attack + ": open " + open + ", at most " + most + ", opened " + opened + ", refused " + refused
                + ", ended by the server " + ended;
    }
}
