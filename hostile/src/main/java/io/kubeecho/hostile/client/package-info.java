/** A good client, which knows every byte that it has to get. */
@NullMarked
package io.kubeecho.hostile.client;

import org.jspecify.annotations.NullMarked;
