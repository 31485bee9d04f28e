package io.kubeecho.echo.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnownHostsTest {

    private final KnownHosts hosts = new KnownHosts(List.of("Echo.Example.com"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.244.1.7:9180",
                "127.0.0.1",
                "[::1]:9180",
                "[fd00::1]",
                "localhost:9180",
                "LOCALHOST",
                "demo.localhost",
                "echo:9180",
                "echo-7d4b9-x2x5z",
                "echo.default.svc",
                "echo.default.svc.cluster.local.",
                "pod-0.echo.default.svc.cluster.local:9180",
                "echo.example.com",
                "ECHO.example.COM:80"
            })
    void namesThatNoSiteCanHaveAreKnown(String host) {
        assertThat(hosts.knows(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:9180",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "svc.evil.example",
                "evil.svc.example",
                "x.evilsvc",
                "x.echo.example.com",
                "127.1",
                "[::1].evil.example",
                "[evil.example]"
            })
    void anyOtherIsForeign(String host) {
        assertThat(hosts.knows(host)).isFalse();
    }
}
