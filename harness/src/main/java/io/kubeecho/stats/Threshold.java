package io.kubeecho.stats;

/**
 * How many trials a verdict needs, and why.
 *
 * @param trials the least number of trials whose error stays within the bound
 * @param reason the rule it follows from, for the evidence: which error, in which formula, for which k
 * @param error the probability of that error at this many trials
 */
public record Threshold(int trials, String reason, double error) {}
