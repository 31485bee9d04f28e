package io.kubeecho.echo.control;

/** The forms of an echo. */
public enum Format {
    /** echo-nginx's line. */
    LINE,
    JSON
}
