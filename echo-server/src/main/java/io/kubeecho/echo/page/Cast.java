package io.kubeecho.echo.page;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who has appeared, by number: a pod has the same letter and colour in every row, and for every viewer. The one not seen
 * for longest is forgotten, so that a target which invents names takes no memory.
 */
final class Cast {

    private static final int MOST = 200;

    private final Map<String, Integer> numbers = new LinkedHashMap<>(MOST, 0.75f, true);
    private int next;

    /** The pod's number, from 0 in the order of first appearance. */
    int number(String pod) {
        Integer known = numbers.get(pod);
        if (known != null) {
            return known;
        }
        if (numbers.size() == MOST) {
            numbers.remove(numbers.keySet().iterator().next());
        }
        numbers.put(pod, next);
        return next++;
    }
}
