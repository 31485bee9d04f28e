package io.kubeecho.dial;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may have a pod dial, and whom: without both of these the endpoint does not exist, since it would be a way into the
 * cluster's network for whoever reaches the management port.
 *
 * @param token the caller's secret, at least {@link #LEAST_TOKEN_LENGTH} characters
 * @param allowed the networks that may be dialled; targets are addresses, so that no resolver is asked
 */
public record DialAccess(String token, List<IpSubnetFilterRule> allowed) {

    public static final int LEAST_TOKEN_LENGTH = 16;

    public DialAccess {
        allowed = List.copyOf(allowed);
        if (token.length() < LEAST_TOKEN_LENGTH) {
            throw new IllegalArgumentException("a dial token has at least " + LEAST_TOKEN_LENGTH + " characters");
        }
        if (allowed.isEmpty()) {
            throw new IllegalArgumentException("dialling needs at least one network that may be dialled");
        }
    }

    /**
     * Access from its two settings.
     *
     * @param networks CIDRs, separated by commas, as in {@code 10.0.0.0/8,fd00::/8}
     * @throws IllegalArgumentException saying which part is wrong
     */
    public static DialAccess of(String token, String networks) {
        return new DialAccess(
                token,
                Arrays.stream(networks.split(",", -1)).map(DialAccess::network).toList());
    }

    boolean admits(String presented) {
        // compared in constant time, so that answers do not tell how much of a guess was right
        return MessageDigest.isEqual(
                token.getBytes(StandardCharsets.UTF_8), presented.getBytes(StandardCharsets.UTF_8));
    }

    boolean allows(String host) {
        InetAddress address = address(host);
        return address != null
                && allowed.stream().anyMatch(network -> network.matches(new InetSocketAddress(address, 0)));
    }

    /**
     * The address that a text is, without asking a resolver; an IPv4 one also where it is written as IPv6
     * ({@code ::ffff:192.0.2.1}). Null where it is none.
     */
    static @Nullable InetAddress address(String host) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host);
        try {
            return bytes == null ? null : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static IpSubnetFilterRule network(String cidr) {
        String trimmed = cidr.trim();
        try {
            return new IpSubnetFilterRule(trimmed, IpFilterRuleType.ACCEPT);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "'" + trimmed + "' is not a network; write an address and a prefix length, as in 10.0.0.0/8", e);
        }
    }
}
