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

    /**
     * Whether it runs before others that keep the machine and the network busy, and beside none of them: it measures times
     * against the margins of {@link io.kubeecho.lab.Timing}, or needs the few refusals that a node sends each peer at once
     * ({@code icmp_ratelimit}).
     */
    boolean needsQuiet() default false;
}
