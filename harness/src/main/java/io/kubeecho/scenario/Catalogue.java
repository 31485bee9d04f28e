package io.kubeecho.scenario;

import static java.util.Comparator.comparing;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All scenarios there are, in the order in which they are listed and run. */
public final class Catalogue {

    private static final List<Class<?>> TOPICS = List.of(
            SessionAffinityScenarios.class,
            AffinityTimeoutScenarios.class,
            EndpointScenarios.class,
            ExternalTrafficPolicyScenarios.class,
            SourceAddressScenarios.class);

    private static final List<Item> ITEMS = TOPICS.stream()
            .flatMap(topic -> Arrays.stream(topic.getDeclaredMethods())
                    .filter(m -> m.isAnnotationPresent(Scenario.class))
                    .map(m -> new Item(m.getAnnotation(Scenario.class), topic, m))
                    .sorted(comparing(Item::id)))
            .toList();

    private Catalogue() {}

    /** A scenario and the test method that carries it out. */
    public record Item(Scenario scenario, Class<?> topic, Method method) {
        public String id() {
            return scenario.id();
        }
    }

    public static List<Item> all() {
        return ITEMS;
    }

    /** The scenario of a test method. */
    public static Optional<Item> of(Method method) {
        return ITEMS.stream().filter(i -> i.method().equals(method)).findFirst();
    }

    /**
     * The scenarios of these ids, whatever their case.
     *
     * @throws IllegalArgumentException for an unknown id, naming the known ones
     */
    public static List<Item> named(List<String> ids) {
        return ids.stream().map(Catalogue::named).toList();
    }

    private static Item named(String id) {
        return ITEMS.stream()
                .filter(i -> i.id().equals(id.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown scenario '" + id + "'; known are " + known().collect(Collectors.joining(", "))));
    }

    private static Stream<String> known() {
        return ITEMS.stream().map(Item::id);
    }
}
