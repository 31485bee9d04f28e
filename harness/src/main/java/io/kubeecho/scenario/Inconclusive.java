package io.kubeecho.scenario;

import org.opentest4j.TestAbortedException;

/** A scenario that cannot say anything, as JUnit knows it: the test is aborted, with the reason. */
final class Inconclusive extends TestAbortedException {

    private static final long serialVersionUID = 1;

    private final String reason;

    Inconclusive(String reason) {
        super(reason);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
