package io.kubeecho.scenario;

/**
 * How a window broke a rule.
 *
 * @param seen what was observed, as a clause
 * @param meaning what follows from it for a user of such a data plane
 */
record Breach(String seen, String meaning) {}
