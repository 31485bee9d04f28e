/**
 * What a request can ask of the server beyond an echo, and the server of itself: which status, how late, how long, how
 * broken.
 *
 * <p>Names and values come in as {@code Asked}, are read within {@code Caps} to {@code Controls}, and {@code Faults}
 * decides which of several requests fails. Nothing here knows of connections.
 */
@NullMarked
package io.kubeecho.echo.control;

import org.jspecify.annotations.NullMarked;
