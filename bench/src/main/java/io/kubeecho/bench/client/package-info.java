/** What asks the servers. */
@NullMarked
package io.kubeecho.bench.client;

import org.jspecify.annotations.NullMarked;
