/** A running load for somebody who watches: as text that is made here and printed elsewhere. */
@NullMarked
package io.kubeecho.load.view;

import org.jspecify.annotations.NullMarked;
