/** The same bytes to Debian's nginx and to the echo server, and the same answers back. */
@NullMarked
package io.kubeecho.echo.differential;

import org.jspecify.annotations.NullMarked;
