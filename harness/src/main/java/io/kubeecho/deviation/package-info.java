/** What is known to deviate: failures that a user expects, with the reason, until they are gone. */
@NullMarked
package io.kubeecho.deviation;

import org.jspecify.annotations.NullMarked;
