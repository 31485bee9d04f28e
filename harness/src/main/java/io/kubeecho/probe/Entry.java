package io.kubeecho.probe;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.Service.FrontEnd;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One client at one front end of one Service: what a data plane keeps one affinity entry for. One client at M Services
 * makes M independent entries.
 *
 * @param lane tells apart connections that one entry makes side by side; 0 where it makes them one after the other
 */
public record Entry(Client client, Service service, FrontEnd frontEnd, int lane) {

    public Entry(Client client, Service service, FrontEnd frontEnd) {
        this(client, service, frontEnd, 0);
    }

    /** The same entry as {@code count} rows of connections side by side, for connections that are expected to hang. */
    public List<Entry> lanes(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> new Entry(client, service, frontEnd, i))
                .toList();
    }

    /** A name that is unique in a run. */
    public String name() {
        return client.name() + " > " + service.name() + " " + frontEnd + (lane == 0 ? "" : " #" + lane);
    }
}
