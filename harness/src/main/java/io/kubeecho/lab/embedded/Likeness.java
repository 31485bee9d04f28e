package io.kubeecho.lab.embedded;

import java.util.Comparator;
import java.util.List;

/** Which of the known names somebody may have meant. */
final class Likeness {

    private static final int SUGGESTIONS = 3;

    private Likeness() {}

    /** The names that are nearest to what was typed, the nearest first. */
    static List<String> nearest(String typed, List<String> known) {
        return known.stream()
                .sorted(Comparator.comparingInt(name -> distance(typed, name)))
                .limit(SUGGESTIONS)
                .toList();
    }

    /** Levenshtein's: how many letters have to be put in, taken out or changed. */
    static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j - 1], row[j]));
            }
        }
        return row[to.length()];
    }
}
