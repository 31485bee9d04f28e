package io.kubeecho.probe;

import io.netty.util.NetUtil;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The block of addresses that a node has for its pods, taken for as large as the controller manager makes it unless told
 * otherwise: a /24 of IPv4 and a /64 of IPv6 ({@code --node-cidr-mask-size-ipv4} and {@code -ipv6}).
 */
public final class PodNetwork {

    private static final int IPV4_BYTES = 24 / 8;
    private static final int IPV6_BYTES = 64 / 8;

    private PodNetwork() {}

    /** Whether two addresses are of one node's block; what is no address is nobody's neighbour. */
    public static boolean areNeighbours(String one, String other) {
        byte @Nullable [] a = NetUtil.createByteArrayFromIpAddressString(one);
        byte @Nullable [] b = NetUtil.createByteArrayFromIpAddressString(other);
        if (a == null || b == null || a.length != b.length) {
            return false;
        }
        int shared = a.length == 4 ? IPV4_BYTES : IPV6_BYTES;
        return Arrays.equals(a, 0, shared, b, 0, shared);
    }
}
