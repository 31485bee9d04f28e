/** The management port: liveness, readiness and metrics, on Vert.x's ordinary {@code HttpServer}. */
@NullMarked
package io.kubeecho.echo.ops;

import org.jspecify.annotations.NullMarked;
