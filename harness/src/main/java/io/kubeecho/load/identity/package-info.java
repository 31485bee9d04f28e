/** Which pod answered, and whose address it saw: read from answers of many kinds of backends. */
@NullMarked
package io.kubeecho.load.identity;

import org.jspecify.annotations.NullMarked;
