package io.kubeecho.load.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionPolicyTest {

    @ParameterizedTest
    @ValueSource(strings = {"pinned", "per-request", "per-connection:20", "churn:2.5", "churn:60"})
    void a_policy_is_written_as_it_is_read(String text) {
        assertThat(ConnectionPolicy.of(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "keep",
                "pinned:3",
                "per-request:",
                "per-connection",
                "per-connection:0",
                "churn:",
                "churn:-1",
                "churn:NaN"
            })
    void what_is_no_policy_is_refused(String text) {
        assertThatThrownBy(() -> ConnectionPolicy.of(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
