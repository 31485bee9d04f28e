/** The command line. */
@NullMarked
package io.kubeecho.cli;

import org.jspecify.annotations.NullMarked;
