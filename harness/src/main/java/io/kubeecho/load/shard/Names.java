package io.kubeecho.load.shard;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names that a document mentions again and again, each with a number from 0 on. */
final class Names {

    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    int numberOf(String name) {
        return numbers.computeIfAbsent(name, n -> numbers.size());
    }

    /** In the order of their numbers. */
    List<String> all() {
        return List.copyOf(numbers.keySet());
    }
}
