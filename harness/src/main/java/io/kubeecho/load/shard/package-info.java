/**
 * What several generators leave of one load that they make together, and how it becomes one result: as if the event loops
 * of all of them had been in one process.
 */
@NullMarked
package io.kubeecho.load.shard;

import org.jspecify.annotations.NullMarked;
