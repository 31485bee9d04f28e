package io.kubeecho.echo.control;

/** What came of reading controls. */
public sealed interface Reading {

    record Read(Controls controls) implements Reading {}

    /**
     * They cannot be heeded.
     *
     * @param sentence one line of ASCII that says what is wrong, with nothing in it that the client sent
     */
    record Wrong(String sentence) implements Reading {}
}
