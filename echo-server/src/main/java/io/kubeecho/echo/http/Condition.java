package io.kubeecho.echo.http;

/** What the conditions of a request come to. */
enum Condition {
    HOLDS,
    /** 304. */
    NOT_MODIFIED,
    /** 412. */
    FAILED
}
