package io.kubeecho.output;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * A file that is whole or not there: it is written beside its place, as {@code .NAME.part}, and moved there at the end. A
 * full disk leaves what was there before, never half of something new. For one run at a time; see {@link OutputLock}.
 */
public final class WholeFile extends FilterOutputStream {

    private final Path file;
    private final Path part;
    private @Nullable IOException failure;
    private boolean committed;
    private boolean closed;

    private WholeFile(Path file, Path part) throws IOException {
        // not a channel's, which an interrupt of the thread would close
        super(new BufferedOutputStream(new FileOutputStream(part.toFile())));
        this.file = file;
        this.part = part;
    }

    /** Writes bytes, and may fail in the middle. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Begins a file that takes a while. It is there once it has been {@link #commit committed}.
     *
     * @throws OutputException if it cannot be written
     */
    public static WholeFile open(Path file) throws OutputException {
        try {
            return new WholeFile(file, file.resolveSibling("." + file.getFileName() + ".part"));
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }

    /**
     * Writes a text in UTF-8, with escapes for what UTF-8 has no bytes for.
     *
     * @throws OutputException if it cannot be written: then the file is as it was before
     */
    public static void write(Path file, String text) throws OutputException {
        write(file, out -> out.write(PlainText.encodable(text).getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Writes a file.
     *
     * @throws OutputException if it cannot be written: then the file is as it was before
     */
    public static void write(Path file, Content content) throws OutputException {
        try (WholeFile whole = open(file)) {
            content.writeTo(whole);
            whole.commit();
        } catch (OutputException e) {
            throw e;
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            // not byte by byte, as the class above would
            out.write(bytes, from, length);
        } catch (IOException e) {
            throw lost(e);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /** Whoever writes may not look: then the file is not whole all the same. */
    private IOException lost(IOException now) {
        failure = failure == null ? now : failure;
        return now;
    }

    /**
     * Puts what was written in the file's place. Nothing can be added to it any more.
     *
     * @throws OutputException if it cannot be written: then the file is as it was before
     */
    public void commit() throws OutputException {
        try {
            flush();
            if (failure != null) {
                throw failure;
            }
            out.close();
            try {
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                // the folder is no ordinary one; what is moved is whole all the same
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            }
            committed = true;
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }

    /** Throws away what was written, unless it was committed. */
    @Override
    public void close() throws IOException {
        if (committed || closed) {
            return;
        }
        closed = true;
        try {
            out.close();
        } catch (IOException e) {
            // what is thrown away need not have been written
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
