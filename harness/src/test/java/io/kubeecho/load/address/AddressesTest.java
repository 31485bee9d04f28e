package io.kubeecho.load.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {

    @Test
    void a_range_stands_for_its_hosts() {
        assertThat(SourceAddresses.parse("127.1.0.0/30").literals()).containsExactly("127.1.0.1", "127.1.0.2");
        assertThat(SourceAddresses.parse("127.1.0.0/31").literals()).containsExactly("127.1.0.0", "127.1.0.1");
        assertThat(SourceAddresses.parse("127.1.0.7/32").literals()).containsExactly("127.1.0.7");
        assertThat(SourceAddresses.parse("127.1.0.0/23").literals())
                .hasSize(510)
                .contains("127.1.0.255", "127.1.1.0");
        assertThat(SourceAddresses.parse("fd00::/126").literals()).hasSize(4);
    }

    @Test
    void each_address_comes_once_in_the_order_given() {
        assertThat(SourceAddresses.parse("127.0.0.9, 127.0.0.8/30,127.0.0.9").literals())
                .containsExactly("127.0.0.9", "127.0.0.10");
    }

    @Property
    void a_range_has_two_hosts_less_than_addresses(@ForAll @IntRange(min = 17, max = 30) int prefix) {
        assertThat(SourceAddresses.parse("10.0.0.0/" + prefix).literals())
                .hasSize((1 << (32 - prefix)) - 2)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "127.0.0.1,", "localhost", "127.0.0.1/33", "127.0.0.1/x", "10.0.0.0/8", "300.1.1.1", "::/0"})
    void what_is_no_list_is_refused(String list) {
        assertThatThrownBy(() -> SourceAddresses.parse(list)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_first_address_that_this_machine_lacks_is_found() {
        assertThat(SourceAddresses.parse("127.0.0.1,192.0.2.1").firstMissing(2)).contains("192.0.2.1");
        assertThat(SourceAddresses.parse("127.0.0.1,192.0.2.1").firstMissing(1)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8080/a?b=c, false, 127.0.0.1, 8080, 127.0.0.1:8080, /a?b=c",
        "127.0.0.1, false, 127.0.0.1, 80, 127.0.0.1, /",
        "https://10.1.2.3, true, 10.1.2.3, 443, 10.1.2.3, /",
        "http://[::1]:81/x, false, ::1, 81, [::1]:81, /x",
    })
    void a_url_is_taken_apart(String url, boolean tls, String host, int port, String authority, String path)
            throws TargetException {
        Target target = Target.of(url);
        assertThat(target.tls()).isEqualTo(tls);
        assertThat(target.host()).isEqualTo(host);
        assertThat(target.port()).isEqualTo(port);
        assertThat(target.authority()).isEqualTo(authority);
        assertThat(target.path()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://127.0.0.1/", "http://", "http://a b/", "http://127.0.0.1:99999/", "http://u:p@127.0.0.1/"
            })
    void what_is_no_url_is_refused(String url) {
        assertThatThrownBy(() -> Target.of(url)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_name_that_does_not_resolve_says_so() {
        assertThatThrownBy(() -> Target.of("http://no-such-host.invalid/"))
                .isInstanceOf(TargetException.class)
                .hasMessage("the name 'no-such-host.invalid' does not resolve");
    }

    @ParameterizedTest
    @CsvSource({
        "127.3.4.5, true",
        "10.0.0.1, true",
        "172.16.0.1, true",
        "172.32.0.1, false",
        "192.168.1.1, true",
        "169.254.1.1, true",
        "100.64.0.1, true",
        "100.127.255.255, true",
        "100.128.0.1, false",
        "8.8.8.8, false",
        "[::1], true",
        "[fe80::1], true",
        "[fd12::1], true",
        "[2001:db8::1], false",
    })
    void only_addresses_of_nobody_else_are_private(String host, boolean isPrivate) throws TargetException {
        assertThat(Target.of("http://" + host + "/").publicAddress().isEmpty()).isEqualTo(isPrivate);
    }

    @Test
    void the_addresses_of_a_name_are_tried_in_turn_by_family() throws Exception {
        List<InetAddress> resolved = new ArrayList<>();
        for (String address : List.of("127.0.0.1", "127.0.0.2", "127.0.0.3", "::1", "fd00::1", "127.0.0.1")) {
            resolved.add(InetAddress.getByName(address));
        }
        assertThat(Target.inTurn(resolved))
                .containsExactly("127.0.0.1", "0:0:0:0:0:0:0:1", "127.0.0.2", "fd00:0:0:0:0:0:0:1", "127.0.0.3");
        assertThat(Target.inTurn(resolved.subList(3, 4))).containsExactly("0:0:0:0:0:0:0:1");
    }
}
