/** The management port. */
@NullMarked
package io.kubeecho.echo.ops;

import org.jspecify.annotations.NullMarked;
