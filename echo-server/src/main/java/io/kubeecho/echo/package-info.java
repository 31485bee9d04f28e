/**
 * The echo backend: one line of text that says which pod answered and whose address it saw.
 *
 * <p>{@link io.kubeecho.echo.EchoServer} is the whole of it: the echo port ({@code http}), what requests can ask of it
 * ({@code control}), the access log ({@code log}) and the management port ({@code ops}). {@link io.kubeecho.echo.Main}
 * runs it as a process, others embed it.
 */
@NullMarked
package io.kubeecho.echo;

import org.jspecify.annotations.NullMarked;
