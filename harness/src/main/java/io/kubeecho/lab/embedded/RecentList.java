package io.kubeecho.lab.embedded;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The addresses that lately connected to one endpoint of one Service port, as the kernel's {@code xt_recent} keeps them
 * for kube-proxy: {@code --rcheck --seconds T --reap} before the choice, {@code --set} after it.
 *
 * <p>Not safe for several threads; the data plane asks under its own lock.
 */
final class RecentList {

    /** {@code xt_recent}'s module parameter {@code ip_list_tot}. */
    static final int CAPACITY = 100;

    private final Map<String, Long> lastSeenNanos = new LinkedHashMap<>();

    /** Whether the address connected within the last {@code timeout}; forgets what is older. */
    boolean check(String address, Duration timeout, long nowNanos) {
        reap(timeout, nowNanos);
        return lastSeenNanos.containsKey(address);
    }

    /** Stamps the address with the present; beyond the capacity the one not seen for longest goes. */
    void set(String address, long nowNanos) {
        lastSeenNanos.remove(address);
        if (lastSeenNanos.size() == CAPACITY) {
            Iterator<String> oldestFirst = lastSeenNanos.keySet().iterator();
            oldestFirst.next();
            oldestFirst.remove();
        }
        lastSeenNanos.put(address, nowNanos);
    }

    private void reap(Duration timeout, long nowNanos) {
        lastSeenNanos.values().removeIf(seen -> nowNanos - seen > timeout.toNanos());
    }
}
