package io.kubeecho.load.address;

/** A target that cannot be had; the message says in one line what is wrong and what to do. */
public final class TargetException extends Exception {

    private static final long serialVersionUID = 1;

    public TargetException(String message) {
        super(message);
    }
}
