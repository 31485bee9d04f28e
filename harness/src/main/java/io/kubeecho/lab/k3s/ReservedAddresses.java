package io.kubeecho.lab.k3s;

import io.kubeecho.lab.LabException;

/**
 * The half of the lab's network from which Docker gives out no addresses: those that the clients have beside their own, and
 * load balancers', are taken from it, each once.
 */
final class ReservedAddresses {

    private final Cidr block;
    private long next = 1;

    /** @param subnet the whole network's */
    ReservedAddresses(Cidr subnet) {
        this.block = subnet.upperHalf();
    }

    Cidr block() {
        return block;
    }

    /** @throws LabException if all are taken; the last is the network's broadcast address and nobody's */
    synchronized String take() {
        if (next >= block.size() - 1) {
            throw new LabException("all of the lab's reserved addresses (" + block + ") are taken");
        }
        return block.address(next++);
    }
}
