package io.kubeecho.output;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * One run's claim to the files of one name in a folder, so that the reports of two never mix. The system holds it, as a lock
 * on {@code .NAME.lock}, and gives it back when the process ends, however that is.
 */
public final class OutputLock implements AutoCloseable {

    private static final Object NONE = "no such file";

    private final Path file;
    private final FileChannel channel;

    private OutputLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Makes the folder where it is not there, and claims it.
     *
     * @param name of the run's kind, such as {@code load}: the files of another kind are another run's
     * @throws OutputException if another run writes there, or nobody can
     */
    public static OutputLock take(Path folder, String name) throws OutputException {
        if (folder.equals(Path.of("-"))) {
            throw new OutputException("reports go to a folder, which '-' is not; name one with --out");
        }
        try {
            Files.createDirectories(folder);
            Path file = folder.resolve("." + name + ".lock");
            while (true) {
                Object before = createdKey(file);
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                if (!isLocked(channel)) {
                    channel.close();
                    throw new OutputException("another run is writing its reports to the folder "
                            + folder.toAbsolutePath() + "; wait for it, or choose another with --out");
                }
                // whoever had it before removes it, perhaps between the opening and the locking
                if (before.equals(key(file))) {
                    return new OutputLock(file, channel);
                }
                channel.close();
            }
        } catch (OutputException e) {
            throw e;
        } catch (IOException e) {
            throw new OutputException("cannot write to the folder " + folder.toAbsolutePath() + " (" + e
                    + "); choose another with --out");
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static Object createdKey(Path file) throws IOException {
        Object key = key(file);
        while (key.equals(NONE)) {
            try {
                Files.createFile(file);
            } catch (FileAlreadyExistsException e) {
                // somebody else was faster, which is as good
            }
            key = key(file);
        }
        return key;
    }

    /** What tells a file from one that has its name later. */
    private static Object key(Path file) throws IOException {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? file : key;
        } catch (NoSuchFileException e) {
            return NONE;
        }
    }

    /** Lets others write there. */
    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // a file that nobody holds is in nobody's way
        }
    }
}
