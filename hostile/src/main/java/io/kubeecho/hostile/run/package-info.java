/** Runs the image under each attack, watches it, and judges. */
@NullMarked
package io.kubeecho.hostile.run;

import org.jspecify.annotations.NullMarked;
