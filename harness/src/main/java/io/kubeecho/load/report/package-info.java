/** What people and programs read of a load: text, JSON, CSV, a histogram log, a page, and metrics while it runs. */
@NullMarked
package io.kubeecho.load.report;

import org.jspecify.annotations.NullMarked;
