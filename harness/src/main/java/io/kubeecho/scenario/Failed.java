package io.kubeecho.scenario;

import org.opentest4j.AssertionFailedError;

/** The FAIL of a scenario, as JUnit knows it. */
final class Failed extends AssertionFailedError {

    private static final long serialVersionUID = 1;

    private final transient Breach breach;

    Failed(Breach breach) {
        super(breach.seen() + " - " + breach.meaning());
        this.breach = breach;
    }

    Breach breach() {
        return breach;
    }
}
