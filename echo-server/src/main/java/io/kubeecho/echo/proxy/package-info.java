/** The PROXY protocol: what a load balancer says about a connection before it passes on what the client sends. */
@NullMarked
package io.kubeecho.echo.proxy;

import org.jspecify.annotations.NullMarked;
