/**
 * The echo of a line of text over TCP and UDP, on ports of their own: the same line as over HTTP, with what was sent in
 * the place of the path.
 */
@NullMarked
package io.kubeecho.echo.line;

import org.jspecify.annotations.NullMarked;
