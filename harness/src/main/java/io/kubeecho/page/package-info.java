/** Pages for a browser with everything in them: a report can be mailed, archived and opened offline. */
@NullMarked
package io.kubeecho.page;

import org.jspecify.annotations.NullMarked;
