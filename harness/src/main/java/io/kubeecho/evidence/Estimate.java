package io.kubeecho.evidence;

/**
 * A measurement beside the verdict, with its interval.
 *
 * @param what is measured, and where, as "broken share of affinity"
 * @param unit as "share" or "ms"
 * @param confidence that the interval holds the true value; 0 where there is no interval, whose ends are the value then
 */
public record Estimate(String what, double value, double lower, double upper, String unit, double confidence) {}
