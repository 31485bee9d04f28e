package io.kubeecho.load.measure;

import io.kubeecho.load.connection.ErrorKind;

/**
 * One thing that went wrong.
 *
 * @param atNanos when, from the start of what is measured
 * @param pod who answers on that connection, empty if not known
 * @param detail in the system's words
 */
public record ErrorEvent(long atNanos, ErrorKind kind, String pod, String detail) {}
