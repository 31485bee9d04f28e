/** A growing array of bytes, from which answers and log lines are made without strings in between. */
@NullMarked
package io.kubeecho.echo.bytes;

import org.jspecify.annotations.NullMarked;
