package io.kubeecho.lab.k3s;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IpCommandTest {

    @Test
    void anAddressIsAddedWithoutASecondWayToTheSubnet() {
        assertThat(String.join(" ", IpCommand.addAddress("172.18.128.1")))
                .isEqualTo("ip addr add 172.18.128.1/32 dev eth0");
    }

    @Test
    void aRouteReplacesTheOneThatWasThere() {
        assertThat(String.join(" ", IpCommand.route("172.18.128.9", "172.18.0.3")))
                .isEqualTo("ip route replace 172.18.128.9/32 via 172.18.0.3 dev eth0");
    }

    @Test
    void aBlockIsOwnedAtOnceAndReachedByWayOfItsOwner() {
        Cidr block = Cidr.parse("172.18.252.0/22");
        assertThat(String.join(" ", IpCommand.own(block)))
                .isEqualTo("ip route add local 172.18.252.0/22 dev eth0 table local");
        assertThat(String.join(" ", IpCommand.route(block, "172.18.0.5")))
                .isEqualTo("ip route replace 172.18.252.0/22 via 172.18.0.5 dev eth0");
    }
}
