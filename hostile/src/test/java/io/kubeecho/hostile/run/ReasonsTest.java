package io.kubeecho.hostile.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ReasonsTest {

    @Test
    void countsThatHaveAReasonOrRefuseAreAddedUpOverTheOtherLabels() {
        String metrics = """
            # HELP kube_echo_connections_refused_total Connections
            kube_echo_connections_refused_total{port="h2c"} 2.0
            kube_echo_connections_refused_total{port="http"} 1.5E3
            kube_echo_tls_handshakes_failed_total{reason="gone"} 0.0
            kube_echo_tls_handshakes_failed_total{reason="late"} 7.0
            kube_echo_requests_total{port="http",protocol="HTTP/1.1",status="200"} 12.0
            jvm_gc_pause_seconds_count{cause="Allocation Failure"} 3
            """;
        assertThat(Reasons.in(metrics))
                .containsExactly(Map.entry("connections_refused", 1502L), Map.entry("tls_handshakes_failed late", 7L));
    }
}
