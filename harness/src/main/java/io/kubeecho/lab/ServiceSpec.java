package io.kubeecho.lab;

import java.time.Duration;

/** What a Service is asked to do, in the API's own words. */
public record ServiceSpec(Type type, SessionAffinity sessionAffinity, ExternalTrafficPolicy externalTrafficPolicy) {

    public enum Type {
        CLUSTER_IP,
        NODE_PORT,
        LOAD_BALANCER
    }

    public enum ExternalTrafficPolicy {
        CLUSTER,
        LOCAL
    }

    /** {@code spec.sessionAffinity}, with its configuration. */
    public sealed interface SessionAffinity {

        record None() implements SessionAffinity {}

        /**
         * @param timeout {@code sessionAffinityConfig.clientIP.timeoutSeconds}: whole seconds from 1 to 86400 on a cluster,
         *     any positive duration on the embedded lab
         */
        record ClientIP(Duration timeout) implements SessionAffinity {

            /** What Kubernetes takes when nothing is said: 10800 s. */
            public static final Duration DEFAULT_TIMEOUT = Duration.ofHours(3);

            public ClientIP {
                if (timeout.isNegative() || timeout.isZero()) {
                    throw new IllegalArgumentException("an affinity timeout is above zero, not " + timeout);
                }
            }
        }
    }

    public static ServiceSpec clusterIp() {
        return new ServiceSpec(Type.CLUSTER_IP, new SessionAffinity.None(), ExternalTrafficPolicy.CLUSTER);
    }

    public static ServiceSpec nodePort(ExternalTrafficPolicy policy) {
        return new ServiceSpec(Type.NODE_PORT, new SessionAffinity.None(), policy);
    }

    public static ServiceSpec loadBalancer(ExternalTrafficPolicy policy) {
        return new ServiceSpec(Type.LOAD_BALANCER, new SessionAffinity.None(), policy);
    }

    public ServiceSpec withoutAffinity() {
        return new ServiceSpec(type, new SessionAffinity.None(), externalTrafficPolicy);
    }

    public ServiceSpec with(ExternalTrafficPolicy policy) {
        return new ServiceSpec(type, sessionAffinity, policy);
    }

    public ServiceSpec withClientIpAffinity(Duration timeout) {
        return new ServiceSpec(type, new SessionAffinity.ClientIP(timeout), externalTrafficPolicy);
    }
}
