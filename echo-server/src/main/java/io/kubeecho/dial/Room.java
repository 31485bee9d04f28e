package io.kubeecho.dial;

/** Memory for what is read, of which there is only so much. For any thread. */
public interface Room {

    /** As much as anybody wants. */
    Room ENDLESS = new Room() {
        @Override
        public boolean take(long bytes) {
            return true;
        }

        @Override
        public void release(long bytes) {
            // nothing is counted
        }
    };

    /** Takes bytes, if there are so many; who has taken them gives them back. */
    boolean take(long bytes);

    /** Gives back bytes that were taken. */
    void release(long bytes);
}
