/** The echo port: an HTTP/1 reader that keeps nginx's rules, and the answer. */
@NullMarked
package io.kubeecho.echo.http;

import org.jspecify.annotations.NullMarked;
