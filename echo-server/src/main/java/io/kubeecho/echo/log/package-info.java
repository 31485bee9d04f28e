/** The access log. */
@NullMarked
package io.kubeecho.echo.log;

import org.jspecify.annotations.NullMarked;
