package io.kubeecho.lab.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeecho.lab.LabException;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

    @ParameterizedTest
    @CsvSource({
        "172.18.0.0/16, 172.18.0.0/17, 172.18.128.0/17",
        "192.168.16.0/20, 192.168.16.0/21, 192.168.24.0/21",
        "10.1.2.192/26, 10.1.2.192/27, 10.1.2.224/27",
        "0.0.0.0/0, 0.0.0.0/1, 128.0.0.0/1",
        "255.255.255.254/31, 255.255.255.254/32, 255.255.255.255/32"
    })
    void isHalved(String block, String lower, String upper) {
        Cidr cidr = Cidr.parse(block);

        assertThat(cidr).hasToString(block);
        assertThat(cidr.lowerHalf()).hasToString(lower);
        assertThat(cidr.upperHalf()).hasToString(upper);
    }

    @Test
    void bitsBeyondThePrefixAreDropped() {
        assertThat(Cidr.parse("172.18.5.9/16")).hasToString("172.18.0.0/16");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "172.18.0.0", "172.18.0.0/33", "172.18.0.256/16", "172.18.0/16", "fd00::/8", "a.b.c.d/16"})
    void whatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> Cidr.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Property
    void whatIsWrittenIsRead(
            @ForAll @LongRange(min = 0, max = 0xffffffffL) long address, @ForAll @IntRange(max = 32) int prefix) {
        long size = 1L << (32 - prefix);
        Cidr cidr = new Cidr(address / size * size, prefix);

        assertThat(Cidr.parse(cidr.toString())).isEqualTo(cidr);
    }

    @Test
    void noAddressIsOutside() {
        Cidr cidr = Cidr.parse("10.0.0.0/30");

        assertThat(cidr.address(3)).isEqualTo("10.0.0.3");
        assertThatThrownBy(() -> cidr.address(4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> cidr.address(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void reservedAddressesAreOfTheUpperHalfAndEachIsTakenOnce() {
        ReservedAddresses reserved = new ReservedAddresses(Cidr.parse("10.1.2.192/26"));

        Set<String> taken = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            taken.add(reserved.take());
        }

        assertThat(taken)
                .as("each once, and neither the block's first address nor the network's broadcast address")
                .hasSize(30)
                .contains("10.1.2.225", "10.1.2.254")
                .doesNotContain("10.1.2.224", "10.1.2.255");
        assertThatThrownBy(reserved::take)
                .isInstanceOf(LabException.class)
                .hasMessage("all of the lab's reserved addresses (10.1.2.224/27) are taken");
    }
}
