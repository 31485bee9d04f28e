/** What hostile clients send, and who holds their connections. */
@NullMarked
package io.kubeecho.hostile.attack;

import org.jspecify.annotations.NullMarked;
