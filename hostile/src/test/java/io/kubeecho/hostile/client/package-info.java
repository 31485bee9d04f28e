@NullMarked
package io.kubeecho.hostile.client;

import org.jspecify.annotations.NullMarked;
