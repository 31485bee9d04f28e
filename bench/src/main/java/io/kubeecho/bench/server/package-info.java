/** The servers that are measured, as processes of their own, and what the kernel says about them. */
@NullMarked
package io.kubeecho.bench.server;

import org.jspecify.annotations.NullMarked;
