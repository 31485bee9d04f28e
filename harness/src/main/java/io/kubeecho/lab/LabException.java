package io.kubeecho.lab;

/** The lab could not be had, or was lost: nothing is said about the data plane. The message is one line for the user. */
public final class LabException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public LabException(String message) {
        super(message);
    }

    public LabException(String message, Throwable cause) {
        super(message, cause);
    }
}
