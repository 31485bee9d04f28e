package io.kubeecho.load.shard;

/** Shards that cannot be put together; the message says which, why and what to do. */
public final class ShardException extends Exception {
    private static final long serialVersionUID = 1;

    ShardException(String message) {
        super(message);
    }

    ShardException(String message, Throwable cause) {
        super(message, cause);
    }
}
