@NullMarked
package io.kubeecho.hostile.attack;

import org.jspecify.annotations.NullMarked;
