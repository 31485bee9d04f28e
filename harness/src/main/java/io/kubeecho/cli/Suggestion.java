package io.kubeecho.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The known word that somebody may have meant. */
final class Suggestion {

    private Suggestion() {}

    /** The nearest of the known words, if it takes at most a third of its letters to get there; else empty. */
    static Optional<String> forWord(String typed, Collection<String> known) {
        String word = typed.toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(k -> distance(word, k.toLowerCase(Locale.ROOT)) <= Math.max(1, k.length() / 3))
                .min(Comparator.comparingInt((String k) -> distance(word, k.toLowerCase(Locale.ROOT)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** "; did you mean 'WORD'?", or nothing. */
    static String phrase(String typed, Collection<String> known) {
        return forWord(typed, known).map(k -> "; did you mean '" + k + "'?").orElse("");
    }

    /** How many letters are to be added, left out, changed, or exchanged with their neighbour. */
    private static int distance(String from, String to) {
        int[][] steps = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                steps[i][j] = i == 0 || j == 0 ? i + j : least(from, to, steps, i, j);
            }
        }
        return steps[from.length()][to.length()];
    }

    private static int least(String from, String to, int[][] steps, int i, int j) {
        int changed = steps[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        int least = Math.min(changed, 1 + Math.min(steps[i - 1][j], steps[i][j - 1]));
        boolean exchanged =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return exchanged ? Math.min(least, 1 + steps[i - 2][j - 2]) : least;
    }
}
