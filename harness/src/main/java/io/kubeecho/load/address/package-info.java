/** Whom to send to and from which addresses: URLs, what they resolve to, and lists of source addresses. */
@NullMarked
package io.kubeecho.load.address;

import org.jspecify.annotations.NullMarked;
