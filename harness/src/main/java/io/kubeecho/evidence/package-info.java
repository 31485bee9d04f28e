/** What a scenario leaves behind: a verdict in words, and everything it rests on. */
@NullMarked
package io.kubeecho.evidence;

import org.jspecify.annotations.NullMarked;
