/**
 * When to send: send times computed from an index, so that a late send cannot push the later ones back. Knows no network
 * and no clock.
 */
@NullMarked
package io.kubeecho.load.schedule;

import org.jspecify.annotations.NullMarked;
