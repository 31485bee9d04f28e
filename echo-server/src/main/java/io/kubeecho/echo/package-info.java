/** The echo backend: one line of text that says which pod answered and whose address it saw. */
@NullMarked
package io.kubeecho.echo;

import org.jspecify.annotations.NullMarked;
