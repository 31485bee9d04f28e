package io.kubeecho.lab.k3s;

import io.kubeecho.lab.LabException;
import java.util.Optional;

/**
 * The half of the lab's network from which Docker gives out no addresses: those that the clients have beside their own, and
 * load balancers', are taken from it, each once.
 */
final class ReservedAddresses {

    private final Cidr block;
    private long next = 1;
    private long end;

    /** @param subnet the whole network's */
    ReservedAddresses(Cidr subnet) {
        this.block = subnet.upperHalf();
        this.end = block.size() - 1;
    }

    Cidr block() {
        return block;
    }

    /** @throws LabException if all are taken; the last is the network's broadcast address and nobody's */
    synchronized String take() {
        if (next >= end) {
            throw new LabException("all of the lab's reserved addresses (" + block + ") are taken");
        }
        return block.address(next++);
    }

    /**
     * The last of them, in one block with so many addresses beside its first and its last one.
     *
     * @return empty where that would be more than half of what there is, or where it was taken before
     */
    synchronized Optional<Cidr> takeBlock(int addresses) {
        Cidr taken = block;
        while (taken.size() / 2 >= addresses + 2L) {
            taken = taken.upperHalf();
        }
        long first = taken.first() - block.first();
        if (taken.equals(block) || end != block.size() - 1 || next > first) {
            return Optional.empty();
        }
        end = first;
        return Optional.of(taken);
    }
}
