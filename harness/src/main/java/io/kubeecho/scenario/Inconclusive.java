package io.kubeecho.scenario;

import org.opentest4j.TestAbortedException;

/** A scenario that cannot say anything, as JUnit knows it: the test is aborted, with the reason. */
final class Inconclusive extends TestAbortedException {

    private static final long serialVersionUID = 1;

    Inconclusive(String reason) {
        super(reason);
    }
}
