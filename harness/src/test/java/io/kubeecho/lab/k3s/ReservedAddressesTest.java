package io.kubeecho.lab.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kubeecho.lab.LabException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReservedAddressesTest {

    @Test
    void eachIsTakenOnceAndTheNetworksOwnAreNobodys() {
        ReservedAddresses reserved = new ReservedAddresses(Cidr.parse("172.18.0.0/26"));
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            taken.add(reserved.take());
        }
        assertThat(taken).hasSize(30).contains("172.18.0.33", "172.18.0.62").doesNotContain("172.18.0.63");
        assertThatExceptionOfType(LabException.class).isThrownBy(reserved::take);
    }

    @Test
    void aBlockIsNobodyElses() {
        ReservedAddresses reserved = new ReservedAddresses(Cidr.parse("172.18.0.0/24"));
        assertThat(reserved.takeBlock(50)).contains(Cidr.parse("172.18.0.192/26"));
        assertThat(reserved.takeBlock(50)).isEmpty();
        String last = "";
        for (int i = 0; i < 63; i++) {
            last = reserved.take();
        }
        assertThat(last).isEqualTo("172.18.0.191");
        assertThatExceptionOfType(LabException.class).isThrownBy(reserved::take);
    }

    @Test
    void aBlockLeavesHalfToTheOthersAndTakesNothingOfTheirs() {
        assertThat(new ReservedAddresses(Cidr.parse("172.18.0.0/24")).takeBlock(100))
                .isEmpty();
        ReservedAddresses reserved = new ReservedAddresses(Cidr.parse("172.18.0.0/26"));
        for (int i = 0; i < 20; i++) {
            reserved.take();
        }
        assertThat(reserved.takeBlock(10)).isEmpty();
    }
}
