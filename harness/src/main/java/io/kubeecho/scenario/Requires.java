package io.kubeecho.scenario;

import io.kubeecho.lab.VantagePoint;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a scenario needs of a lab; it is SKIPped, with the reason, where that is missing. */
@ExtendWith(RequirementCondition.class)
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Requires {

    /** At least one client at each of these vantage points. */
    VantagePoint[] clients();

    /** At least so many addresses of clients off the cluster, as {@link io.kubeecho.lab.Lab#multitude} has them. */
    int addresses() default 0;

    /** At least so many endpoints; two, for there to be a choice. */
    int endpoints() default 2;

    /** A node that runs no endpoint. */
    boolean nodeWithoutEndpoint() default false;

    /** A node that runs some of the endpoints and not all. */
    boolean endpointsOnTwoNodes() default false;

    /** A node that runs two of the endpoints or more, and not all. */
    boolean twoEndpointsOnANode() default false;

    /** Services of type LoadBalancer get an address. */
    boolean loadBalancer() default false;
}
