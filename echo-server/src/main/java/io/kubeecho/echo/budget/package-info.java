/** How many bytes all connections of a server may hold together. */
@NullMarked
package io.kubeecho.echo.budget;

import org.jspecify.annotations.NullMarked;
