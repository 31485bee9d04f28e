package io.kubeecho.echo.ops;

/**
 * Whether the server wants connections from its Services. It serves those that come either way. For any thread.
 *
 * <p>It can be switched off and on again until the server stops, which nothing takes back.
 */
public final class Readiness {

    private volatile boolean switchedOn = true;
    private volatile boolean stopping;

    public boolean isReady() {
        return switchedOn && !stopping;
    }

    public void switchTo(boolean on) {
        switchedOn = on;
    }

    /** Not ready from now on. */
    public void stop() {
        stopping = true;
    }
}
