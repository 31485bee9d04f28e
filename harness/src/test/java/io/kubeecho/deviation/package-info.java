@NullMarked
package io.kubeecho.deviation;

import org.jspecify.annotations.NullMarked;
