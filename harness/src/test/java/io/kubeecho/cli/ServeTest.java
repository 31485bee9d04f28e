package io.kubeecho.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kube-echo serve} as a process of its own, as a user has it. */
@Timeout(120)
class ServeTest {

    @TempDir
    private Path folder = Path.of("replaced by JUnit");

    @Test
    void theHelpNamesTheCommandAndItsFlags() throws Exception {
        Ended ended = runToEnd("--help");
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out())
                .startsWith("Usage: kube-echo serve [--flag value]...\n")
                .contains("  --port ", "  --tcp-port ");
        assertThat(ended.err()).isEmpty();
    }

    @Test
    void aWrongValueIsOneLineAndExitCode2() throws Exception {
        Ended ended = runToEnd("--port", "99999");
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.err()).isEqualTo("kube-echo: --port=99999: the port must be 0 to 65535, not 99999\n");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void aFlagThatDoesNotExistIsOneLineAndExitCode2() throws Exception {
        Ended ended = runToEnd("--prot=80");
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.err()).isEqualTo("kube-echo: there is no flag --prot; --help lists those that are\n");
    }

    @Test
    void withFlagsItServesUntilItIsToldToStop() throws Exception {
        Process serve = start("--host=127.0.0.1", "--port", "0", "--management-port=none", "--hostname", "Pod-7")
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out = serve.inputReader()) {
            Matcher started = Pattern.compile("kube-echo: echo on port (\\d+), management off, .*")
                    .matcher(String.valueOf(out.readLine()));
            assertThat(started.matches()).as("the first line: %s", started).isTrue();
            assertThat(get(started.group(1))).startsWith("Host=127.0.0.1  Path=/who  From=pod-7  ClientIP=127.0.0.1");
            // the default drain delay: a server that the command's return had ended would be gone after that
            Thread.sleep(3500);
            assertThat(get(started.group(1))).contains("From=pod-7");
            serve.destroy();
            assertThat(serve.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(serve.exitValue()).isZero();
        } finally {
            serve.destroyForcibly();
        }
    }

    private static String get(String port) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/who"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private record Ended(int exitCode, String out, String err) {}

    private Ended runToEnd(String... flags) throws Exception {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process serve = start(flags)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(serve.waitFor(60, TimeUnit.SECONDS)).as("has ended").isTrue();
            return new Ended(serve.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            serve.destroyForcibly();
        }
    }

    private static ProcessBuilder start(String... flags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 24) {
            // as the manifest of the jar says, for Netty's epoll
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "serve"));
        command.addAll(List.of(flags));
        return new ProcessBuilder(command);
    }
}
