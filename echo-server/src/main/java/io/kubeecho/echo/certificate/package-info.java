/** The certificate that the TLS port shows, from its files: read at the start, and again when they change. */
@NullMarked
package io.kubeecho.echo.certificate;

import org.jspecify.annotations.NullMarked;
