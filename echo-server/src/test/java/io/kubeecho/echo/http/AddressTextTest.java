package io.kubeecho.echo.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTextTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "255.255.255.255, 255.255.255.255",
        "::1, ::1",
        "::, ::",
        "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "fe80:0:0:0:0:0:0:0, fe80::",
        "0:0:1:2:3:4:5:6, ::1:2:3:4:5:6"
    })
    void isCanonical(String literal, String text) throws UnknownHostException {
        assertThat(AddressText.of(InetAddress.getByName(literal))).isEqualTo(text);
    }

    @Test
    void anIpv4PeerOfAnIpv6SocketIsDotted() throws UnknownHostException {
        byte[] mapped = new byte[16];
        mapped[10] = -1;
        mapped[11] = -1;
        mapped[12] = 10;
        mapped[15] = 7;
        assertThat(AddressText.of(Inet6Address.getByAddress("x", mapped, 3))).isEqualTo("10.0.0.7");
    }

    @Property
    void everyAddressCanBeReadBack(@ForAll @Size(16) byte[] address) throws UnknownHostException {
        boolean[] keep = new boolean[16];
        for (int i = 0; i < 16; i++) {
            keep[i] = (address[(i + 5) % 16] & 3) != 0;
        }
        for (int i = 0; i < 16; i++) {
            if (!keep[i]) {
                address[i] = 0; // runs of zeros are what is difficult
            }
        }
        String text = AddressText.of(Inet6Address.getByAddress(null, address, -1));
        assertThat(text).matches("[0-9a-f:]+|[0-9.]+").doesNotContain(":::");
        assertThat(InetAddress.getByName(text).getAddress()).isEqualTo(Arrays.copyOf(address, 16));
    }
}
