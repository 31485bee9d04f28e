/**
 * The port between the scenarios and the place they run in: nodes, endpoints, Services, and clients at vantage points.
 * Nothing here knows how a lab makes them.
 */
@NullMarked
package io.kubeecho.lab;

import org.jspecify.annotations.NullMarked;
