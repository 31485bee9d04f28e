package io.kubeecho.echo.http;

/** What is known of the time that a request took when it is logged. */
enum LogTiming {
    /** It was answered in this batch. */
    THIS_BATCH,
    /** Its answer is still to come, step by step, or there is none. */
    UNKNOWN
}
