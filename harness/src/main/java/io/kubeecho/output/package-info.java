/** What a run leaves for people and programs: whole files or none, one run to a folder, and text that no terminal obeys. */
@NullMarked
package io.kubeecho.output;

import org.jspecify.annotations.NullMarked;
