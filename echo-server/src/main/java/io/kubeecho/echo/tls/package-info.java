/** TLS: the handshake that a connection begins with, and what became of it. */
@NullMarked
package io.kubeecho.echo.tls;

import org.jspecify.annotations.NullMarked;
