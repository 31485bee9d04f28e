package io.kubeecho.load.drive;

import io.kubeecho.load.address.Target;
import io.kubeecho.load.connection.Connector;
import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.connection.Request;
import io.kubeecho.load.identity.IdentityMemo;
import io.kubeecho.load.identity.IdentityRule;
import io.kubeecho.load.identity.Roster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks each address of a front end until one answers, in the way of RFC 8305: the next one when one has failed, and also
 * when it has been silent for a quarter of a second. What this takes is not the target's time alone, since the JVM loads
 * and compiles what it needs for a first connection, and so no figure comes of it.
 */
final class Preflight {

    /** RFC 8305's Connection Attempt Delay. */
    private static final long NEXT_AFTER_MILLIS = 250;

    private final Connector connector;
    private final Request request;
    private final String source;
    private final IdentityRule identity;
    private final Duration patience;
    private final List<String> addresses;
    private final List<String> tried = new ArrayList<>();
    private final CompletableFuture<Reachability> result = new CompletableFuture<>();
    private int begun;
    private Reachability.@Nullable Fails failure;
    private @Nullable String chosen;

    /**
     * @param source to ask from, empty for whatever the kernel's routes choose
     * @param patience with a connect, and with an answer after it
     */
    Preflight(Connector connector, Request request, String source, IdentityRule identity, Duration patience) {
        this.connector = connector;
        this.request = request;
        this.source = source;
        this.identity = identity;
        this.patience = patience;
        List<String> ofItsFamily = request.target().addresses().stream()
                .filter(address -> source.isEmpty() || (source.indexOf(':') >= 0) == (address.indexOf(':') >= 0))
                .toList();
        addresses = ofItsFamily.isEmpty() ? request.target().addresses() : ofItsFamily;
    }

    CompletableFuture<Reachability> start() {
        next();
        return result;
    }

    /** The target at the address that answered first, or the first one where none did. */
    synchronized Target reached() {
        return request.target().at(chosen == null ? addresses.get(0) : chosen);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what comes of an address is told to ended()
    private synchronized void next() {
        if (result.isDone() || begun == addresses.size()) {
            return;
        }
        String address = addresses.get(begun);
        begun++;
        int mine = begun;
        new Check(connector, request.target().at(address), source, request, new IdentityMemo(identity, new Roster()))
                .start()
                .completeOnTimeout(
                        new Reachability.Fails(
                                request.target().url(), ErrorKind.TIMEOUT, "no answer in time", List.of()),
                        // the connect has a timeout of its own, and is to be told apart
                        2 * patience.toMillis(),
                        TimeUnit.MILLISECONDS)
                .thenAccept(came -> ended(address, came));
        CompletableFuture.delayedExecutor(NEXT_AFTER_MILLIS, TimeUnit.MILLISECONDS)
                .execute(() -> silentSince(mine));
    }

    private synchronized void silentSince(int number) {
        if (begun == number) {
            next();
        }
    }

    private synchronized void ended(String address, Reachability came) {
        if (came instanceof Reachability.Fails fails) {
            tried.add(address + " (" + fails.kind().text() + ")");
            // a machine that cannot even try there says the least
            if (failure == null || failure.kind() == ErrorKind.LOCAL) {
                failure = fails;
            }
            if (tried.size() == addresses.size()) {
                result.complete(new Reachability.Fails(
                        failure.url(), failure.kind(), failure.detail(), tried.size() == 1 ? List.of() : tried));
            } else {
                next();
            }
        } else if (chosen == null) {
            chosen = address;
            result.complete(came);
        }
    }
}
