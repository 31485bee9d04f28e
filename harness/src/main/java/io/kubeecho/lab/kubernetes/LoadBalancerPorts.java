package io.kubeecho.lab.kubernetes;

import java.util.random.RandomGenerator;

/**
 * A port of its own for every Service of type LoadBalancer. A controller such as k3s's ServiceLB gives all of them the nodes'
 * addresses, where only one can have a port: 80 is Traefik's on a k3s as it comes. It also tells the Services of a run apart
 * where a data plane's hash leaves out their addresses.
 *
 * <p>Below the range of node ports and of the kernel's own (30000 and 32768), and begun at random, so that two runs at once
 * seldom meet.
 */
final class LoadBalancerPorts {

    private static final int FIRST = 20_000;
    private static final int COUNT = 10_000;

    private int next;

    LoadBalancerPorts(RandomGenerator random) {
        next = random.nextInt(COUNT);
    }

    synchronized int next() {
        int port = FIRST + next;
        next = (next + 1) % COUNT;
        return port;
    }
}
