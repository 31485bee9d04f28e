/** The access log: escaping as nginx does, and a thread that writes so that event loops need not wait. */
@NullMarked
package io.kubeecho.echo.log;

import org.jspecify.annotations.NullMarked;
