/**
 * Connections and the exchanges on them: one request in flight on each, every call and event on the event loop that
 * opened it.
 */
@NullMarked
package io.kubeecho.load.connection;

import org.jspecify.annotations.NullMarked;
