package io.kubeecho.cluster;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.kubeecho.lab.LabException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lists EndpointSlices and watches them from there on. The library's informers mend a broken watch without a word, and what
 * they hear late looks as if it had just happened; so this lists and watches again by itself, and knows when it was deaf.
 * Since a connection can also die without a word, it lists every few seconds what it should have heard of.
 */
@SuppressWarnings("FutureReturnValueIgnored") // tasks of an executor that is ended as a whole
public final class SliceWatch implements AutoCloseable {

    private static final long CONFIRM_MILLIS = 5_000;

    /** What a list shows and the watch has not brought yet is on its way for so long. */
    private static final long DOUBT_MILLIS = 1_000;

    private static final long RETRY_MILLIS = 500;

    private final KubernetesClient client;
    private final FilterWatchListDeletable<EndpointSlice, EndpointSliceList, Resource<EndpointSlice>> slices;
    private final String of;
    private final EndpointSliceList first;
    private final ScheduledExecutorService mender = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "slice-watch");
        thread.setDaemon(true);
        return thread;
    });

    // guarded by this
    private final Map<String, EndpointSlice> known = new HashMap<>();
    private @Nullable Listener listener;
    private @Nullable Listening listening;
    private boolean closed;
    private long confirmed;
    private boolean doubted;

    /** Is told of all that is heard, one call at a time; times are of {@link System#nanoTime}. */
    public interface Listener {

        /** These are the slices from that time on. */
        void changed(Collection<EndpointSlice> slices, long at);

        /** Since that time nothing is known. */
        void broken(long since);

        /** These are the slices at that time, after nothing was known for a while. */
        void mended(Collection<EndpointSlice> slices, long at);
    }

    /**
     * Lists the slices.
     *
     * @param client for nothing else than this: it is told to mend no watch by itself, and closed with this
     * @param label whose slices, as {@code name, value}; empty for all of the namespace
     * @param of what they are of, as the user would say it
     * @throws LabException if they cannot be listed; the client is closed then
     */
    public SliceWatch(KubernetesClient client, String namespace, Optional<Map.Entry<String, String>> label, String of) {
        this.client = client;
        this.of = of;
        client.getConfiguration().setWatchReconnectLimit(0);
        var all = client.discovery().v1().endpointSlices().inNamespace(namespace);
        this.slices = label.<FilterWatchListDeletable<EndpointSlice, EndpointSliceList, Resource<EndpointSlice>>>map(
                        l -> all.withLabel(l.getKey(), l.getValue()))
                .orElse(all);
        confirmed = System.nanoTime();
        first = ClusterAccess.ask("listing the endpoints of " + of, slices::list);
        know(first);
    }

    /** The slices as they were last heard of. */
    public synchronized List<EndpointSlice> slices() {
        return List.copyOf(known.values());
    }

    /**
     * Watches from what was listed first.
     *
     * @throws LabException if that may not be done
     */
    public void start(Listener told) {
        synchronized (this) {
            listener = told;
        }
        ClusterAccess.ask("watching the endpoints of " + of, () -> listen(first));
        mender.schedule(this::confirm, CONFIRM_MILLIS, TimeUnit.MILLISECONDS);
    }

    private Watch listen(EndpointSliceList from) {
        Listening next = new Listening();
        synchronized (this) {
            listening = next;
        }
        Watch watch = slices.watch(
                new ListOptionsBuilder()
                        .withResourceVersion(from.getMetadata().getResourceVersion())
                        .build(),
                next);
        synchronized (this) {
            next.watch = watch;
            if (closed || listening != next) {
                watch.close();
            }
        }
        return watch;
    }

    private synchronized void know(EndpointSliceList list) {
        known.clear();
        list.getItems().forEach(slice -> known.put(slice.getMetadata().getName(), slice));
    }

    /** What of them matters, to be compared. */
    private static Map<String, List<SliceEndpoint>> picture(Collection<EndpointSlice> slices) {
        Map<String, List<SliceEndpoint>> picture = new TreeMap<>();
        slices.forEach(slice -> picture.put(slice.getMetadata().getName(), SliceEndpoint.of(slice)));
        return picture;
    }

    private synchronized void heard(Listening from, Watcher.Action action, EndpointSlice slice) {
        if (closed || from != listening) {
            return;
        }
        confirmed = System.nanoTime();
        switch (action) {
            case ADDED, MODIFIED -> known.put(slice.getMetadata().getName(), slice);
            case DELETED -> known.remove(slice.getMetadata().getName());
            case ERROR, BOOKMARK -> {
                return;
            }
        }
        if (listener != null) {
            listener.changed(slices(), confirmed);
        }
    }

    /** A watch has ended that should not have, at that time. */
    private synchronized void lost(Listening which, long since) {
        if (closed || which != listening) {
            return;
        }
        listening = null;
        tellBroken(since);
        if (which.watch != null) {
            which.watch.close();
        }
        mender.execute(this::mend);
    }

    private synchronized void tellBroken(long since) {
        if (listener != null) {
            listener.broken(since);
        }
    }

    private void mend() {
        try {
            EndpointSliceList list = slices.list();
            synchronized (this) {
                if (closed) {
                    return;
                }
                know(list);
                confirmed = System.nanoTime();
                if (listener != null) {
                    listener.mended(slices(), confirmed);
                }
            }
            listen(list);
        } catch (KubernetesClientException e) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                listening = null;
                tellBroken(System.nanoTime());
                mender.schedule(this::mend, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Lists what should have been heard of. */
    private void confirm() {
        Listening current;
        Map<String, List<SliceEndpoint>> before;
        synchronized (this) {
            if (closed) {
                return;
            }
            current = listening;
            before = picture(known.values());
        }
        long next = CONFIRM_MILLIS;
        if (current != null) {
            long asked = System.nanoTime();
            Optional<Map<String, List<SliceEndpoint>>> listed = listed();
            synchronized (this) {
                boolean quiet = confirmed < asked && before.equals(picture(known.values()));
                boolean same = listed.filter(picture(known.values())::equals).isPresent();
                if (same) {
                    confirmed = Math.max(confirmed, asked);
                }
                boolean deaf = listed.isEmpty() || (quiet && !same && doubted);
                doubted = quiet && !same && !deaf;
                if (deaf) {
                    lost(current, confirmed);
                }
                next = doubted ? DOUBT_MILLIS : CONFIRM_MILLIS;
            }
        }
        synchronized (this) {
            if (!closed) {
                mender.schedule(this::confirm, next, TimeUnit.MILLISECONDS);
            }
        }
    }

    private Optional<Map<String, List<SliceEndpoint>>> listed() {
        try {
            return Optional.of(picture(slices.list().getItems()));
        } catch (KubernetesClientException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (listening != null && listening.watch != null) {
                listening.watch.close();
            }
            mender.shutdownNow();
        }
        client.close();
    }

    /** One watch, from when it is asked for until it ends. */
    private final class Listening implements Watcher<EndpointSlice> {

        // guarded by the outer instance
        private @Nullable Watch watch;

        @Override
        public void eventReceived(Action action, EndpointSlice slice) {
            heard(this, action, slice);
        }

        @Override
        public void onClose(WatcherException cause) {
            lost(this, System.nanoTime());
        }
    }
}
