package io.kubeecho.output;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A report cannot be written; the message says in one line which and why. */
public final class OutputException extends IOException {
    private static final long serialVersionUID = 1;

    public OutputException(String message) {
        super(message);
    }

    OutputException(Path file, IOException cause) {
        super("cannot write " + file + ": " + reason(cause), cause);
    }

    /** In the system's words, without the path, which an exception of a file system begins with. */
    private static String reason(IOException cause) {
        if (cause instanceof FileNotFoundException && cause.getMessage() != null) {
            // PATH (REASON)
            return cause.getMessage().replaceFirst("(?s)^.* \\((.*)\\)$", "$1");
        }
        String said = cause instanceof FileSystemException system ? system.getReason() : cause.getMessage();
        return said == null ? cause.getClass().getSimpleName() : said;
    }
}
