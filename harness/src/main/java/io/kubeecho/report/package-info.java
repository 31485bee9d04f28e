/** What people and programs read of a run: text, JSON and JUnit's XML. */
@NullMarked
package io.kubeecho.report;

import org.jspecify.annotations.NullMarked;
