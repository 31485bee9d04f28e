package io.kubeecho.lab.k3s;

import java.util.List;

/** What is asked of iproute2 in the clients' network namespace, in the words that its BusyBox namesake has too. */
final class IpCommand {

    /** Docker's name for a container's only network. */
    private static final String INTERFACE = "eth0";

    private IpCommand() {}

    /** A further address; alone, as the way to the rest of the subnet is already known by the first one. */
    static List<String> addAddress(String address) {
        return List.of("ip", "addr", "add", address + "/32", "dev", INTERFACE);
    }

    /** Takes a whole block for its own, address by address as somebody asks for one (AnyIP). */
    static List<String> own(Cidr block) {
        return List.of("ip", "route", "add", "local", block.toString(), "dev", INTERFACE, "table", "local");
    }

    /** Reaches a block of the subnet by way of one machine there, which is then the only neighbour that there is to know. */
    static List<String> route(Cidr block, String via) {
        return List.of("ip", "route", "replace", block.toString(), "via", via, "dev", INTERFACE);
    }

    /** Reaches an address of the subnet by way of a machine there, which is what answering ARP for it would lead to. */
    static List<String> route(String address, String via) {
        return List.of("ip", "route", "replace", address + "/32", "via", via, "dev", INTERFACE);
    }
}
