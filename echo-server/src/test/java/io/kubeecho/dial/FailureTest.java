package io.kubeecho.dial;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The classes of exceptions that cannot be provoked on every machine; those that can are in {@link DialerTest}. */
class FailureTest {

    static Stream<Arguments> causes() {
        return Stream.of(
                Arguments.of(new UnknownHostException("Failed to resolve 'echo.invalid'"), Failure.DNS),
                Arguments.of(new UnknownHostException("query timed out"), Failure.DNS),
                Arguments.of(new BindException("Cannot assign requested address"), Failure.LOCAL),
                Arguments.of(new IOException("bind(..) failed: Cannot assign requested address"), Failure.LOCAL),
                Arguments.of(new BindException("Address already in use"), Failure.LOCAL),
                Arguments.of(new SocketException("Too many open files"), Failure.LOCAL),
                Arguments.of(new IOException("newSocketStream(..) failed: Too many open files"), Failure.LOCAL),
                Arguments.of(new NoRouteToHostException("No route to host"), Failure.UNREACHABLE),
                Arguments.of(new ConnectException("Network is unreachable"), Failure.UNREACHABLE),
                Arguments.of(
                        new ConnectException("connection timed out after 1000 ms: /127.0.0.1:80"), Failure.TIMEOUT),
                Arguments.of(new TimeoutException(), Failure.TIMEOUT),
                Arguments.of(new ConnectException("Connection refused: /127.0.0.1:80"), Failure.REFUSED),
                Arguments.of(new SocketException("Connection reset"), Failure.RESET),
                Arguments.of(new IOException("Connection reset by peer"), Failure.RESET),
                Arguments.of(new IOException("Broken pipe"), Failure.RESET),
                Arguments.of(new IOException("bind(..) failed: Address already in use"), Failure.LOCAL),
                Arguments.of(new IOException("socket(..) failed: Too many open files"), Failure.LOCAL),
                Arguments.of(new IOException("Connection was closed"), Failure.CLOSED),
                Arguments.of(new ConnectException(), Failure.OTHER),
                Arguments.of(new IllegalStateException("what is that?"), Failure.OTHER));
    }

    @ParameterizedTest
    @MethodSource("causes")
    void anExceptionHasItsClass(Throwable cause, Failure expected) {
        assertThat(Failure.of(cause)).isEqualTo(expected);
    }
}
