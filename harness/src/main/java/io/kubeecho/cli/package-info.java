/** The command line: {@code kube-echo serve | verify | list}. The only package that prints. */
@NullMarked
package io.kubeecho.cli;

import org.jspecify.annotations.NullMarked;
