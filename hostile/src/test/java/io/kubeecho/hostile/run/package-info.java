@NullMarked
package io.kubeecho.hostile.run;

import org.jspecify.annotations.NullMarked;
