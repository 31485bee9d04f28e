/**
 * The conformance matrix as JUnit 5 tests, written once and run on every {@link io.kubeecho.lab.Lab}: by the command line,
 * and in a user's own suite through {@link io.kubeecho.scenario.ServiceConformance}.
 */
@NullMarked
package io.kubeecho.scenario;

import org.jspecify.annotations.NullMarked;
