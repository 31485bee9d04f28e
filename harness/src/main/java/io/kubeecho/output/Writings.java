package io.kubeecho.output;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is written one after the other, each whatever became of those before: what cannot be written costs nothing else. */
public final class Writings {

    private final Path where;
    private @Nullable OutputException first;

    /** @param where it is written to, for what is said of a failure that does not say so itself */
    public Writings(Path where) {
        this.where = where;
    }

    /** Something that is written. */
    public interface Writing {
        void write() throws IOException;
    }

    /** Writes something, and remembers if it cannot be. */
    public void attempt(Writing writing) {
        try {
            writing.write();
        } catch (IOException e) {
            if (first == null) {
                first = e instanceof OutputException told
                        ? told
                        : new OutputException("cannot write to " + where + ": " + e.getMessage());
            }
        }
    }

    /** The first failure of all. */
    public Optional<OutputException> failure() {
        return Optional.ofNullable(first);
    }

    /**
     * Tells of it.
     *
     * @throws OutputException if any of it could not be written
     */
    public void end() throws OutputException {
        if (first != null) {
            throw first;
        }
    }
}
