package io.kubeecho.load.address;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Which addresses belong to nobody else. */
final class AddressScope {

    private AddressScope() {}

    static boolean isPrivate(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isSiteLocalAddress()
                || address.isLinkLocalAddress()
                || (address instanceof Inet4Address
                        ? isShared(address.getAddress())
                        : isUniqueLocal(address.getAddress()));
    }

    /** 100.64.0.0/10 (RFC 6598). */
    private static boolean isShared(byte[] v4) {
        return (v4[0] & 0xff) == 100 && (v4[1] & 0xc0) == 64;
    }

    /** fc00::/7 (RFC 4193). */
    private static boolean isUniqueLocal(byte[] v6) {
        return (v6[0] & 0xfe) == 0xfc;
    }
}
