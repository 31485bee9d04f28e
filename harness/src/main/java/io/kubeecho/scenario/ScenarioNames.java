package io.kubeecho.scenario;

import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGenerator;

/** Shows a scenario under its id and title wherever JUnit shows names. */
final class ScenarioNames extends DisplayNameGenerator.Standard {

    @Override
    public String generateDisplayNameForMethod(List<Class<?>> enclosing, Class<?> testClass, Method method) {
        Scenario scenario = method.getAnnotation(Scenario.class);
        return scenario == null
                ? super.generateDisplayNameForMethod(enclosing, testClass, method)
                : scenario.id() + ": " + scenario.title();
    }
}
