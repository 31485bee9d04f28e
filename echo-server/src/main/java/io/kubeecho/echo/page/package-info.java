/**
 * The demo page on the management port: makes new connections to the Services that a setting names, for as long as somebody
 * watches, and shows which pod answered each and whose address it saw.
 */
@NullMarked
package io.kubeecho.echo.page;

import org.jspecify.annotations.NullMarked;
