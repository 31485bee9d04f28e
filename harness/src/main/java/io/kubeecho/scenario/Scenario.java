package io.kubeecho.scenario;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A case of the conformance matrix. The method takes a {@link io.kubeecho.lab.Lab} and a {@link Trial}. */
@Test
@ExtendWith(ScenarioExtension.class)
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Scenario {

    /** Unique, upper case, as users type it. */
    String id();

    /** What is done, in a line. */
    String title();

    /** What a conforming data plane does, as the end of "expected: …". */
    String expects();

    /** Where the rule is written down: API documentation, KEP, issue. */
    String source();
}
