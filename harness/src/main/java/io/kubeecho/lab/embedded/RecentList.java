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

    /**
     * Whether the address connected within the last {@code timeout}. Only its own stamp is reaped, since others may have
     * another timeout where there is a fault; when the list is full the oldest go first anyway.
     */
    boolean check(String address, Duration timeout, long nowNanos) {
        Long seen = lastSeenNanos.get(address);
        if (seen != null && nowNanos - seen > timeout.toNanos()) {
            lastSeenNanos.remove(address);
            return false;
        }
        return seen != null;
    }

    /** Stamps the address with the present; beyond the capacity the one not seen for longest goes. */
    void set(String address, long nowNanos) {
        lastSeenNanos.remove(address);
        keepLatest(CAPACITY - 1);
        lastSeenNanos.put(address, nowNanos);
    }

    /** Forgets those that were not seen for longest, until there are so many. */
    void keepLatest(int most) {
        Iterator<String> oldestFirst = lastSeenNanos.keySet().iterator();
        while (lastSeenNanos.size() > most) {
            oldestFirst.next();
            oldestFirst.remove();
        }
    }
}
