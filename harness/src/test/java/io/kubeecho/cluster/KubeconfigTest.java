package io.kubeecho.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kubeecho.lab.LabException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are no kubeconfigs, and those that are and do not do. */
class KubeconfigTest {

    private static final String SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQ";

    private static final String WHOLE = """
            apiVersion: v1
            kind: Config
            clusters:
            - name: c
              cluster:
                server: https://127.0.0.1:1
                certificate-authority-data: %1$s
            users:
            - name: u
              user:
                token: %1$s
                client-certificate-data: %1$s
                client-key-data: %1$s
                password: %1$s
            contexts:
            - name: x
              context: {cluster: c, user: u}
            current-context: x
            """.formatted(SECRET);

    @TempDir
    private Path folder = Path.of("replaced by JUnit");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a: [                                        | is not a kubeconfig
            just words                                  | is not a kubeconfig
            kind: Pod                                   | is not a kubeconfig
            kind: Config                                | has no current context; choose one with --context
            {current-context: x}                        | lacks the context that is its current
            {current-context: x, contexts: 7}           | is not a kubeconfig
            {current-context: x, contexts: [{name: x, context: {cluster: c}}]} | lacks the cluster that its context names
            CLUSTER {server: no url}                    | has a cluster whose server is no http or https URL
            CLUSTER {server: 'ftp://there'}             | has a cluster whose server is no http or https URL
            CLUSTER {certificate-authority: nowhere, server: 'http://h'} | names a certificate-authority that cannot be read
            CLUSTER {certificate-authority-data: '***', server: 'http://h'} | has certificate-authority-data that is not base64
            CLUSTER {certificate-authority-data: eA==, server: 'http://h'} | has certificate-authority-data that is no certificate in PEM
            USER {token: "a b"}                         | has a user whose token has characters that no token has
            USER {tokenFile: nowhere}                   | names a tokenFile that cannot be read
            USER {client-key-data: eA==}                | has client-key-data that is no private key in PEM
            USER {client-certificate-data: '***'}       | has client-certificate-data that is not base64
            USER {exec: {apiVersion: client.authentication.k8s.io/v1}} | has a user whose exec plugin has no command
            USER {exec: {command: no-such-plugin}}      | has a user whose exec plugin is not there; install it, or choose another user
            USER {exec: {command: ./no-such-plugin}}    | has a user whose exec plugin is not there; install it, or choose another user
            """)
    void whatIsWrongIsSaidByTheFilesName(String text, String complaint) throws IOException {
        Path file = Files.writeString(
                folder.resolve("config"), "# what begins with a brace is read as JSON\n" + whole(text));
        assertThatThrownBy(() -> ClusterAccess.open(Optional.of(file), Optional.empty()))
                .isInstanceOf(LabException.class)
                .hasNoCause()
                .message()
                .startsWith("the kubeconfig " + file + " " + complaint);
    }

    private static String whole(String text) {
        String rest = "current-context: x, contexts: [{name: x, context: {cluster: c, user: u}}]";
        if (text.startsWith("CLUSTER")) {
            return "{%s, clusters: [{name: c, cluster: %s}], users: [{name: u, user: {}}]}"
                    .formatted(rest, text.substring(7));
        }
        return text.startsWith("USER")
                ? "{%s, clusters: [{name: c, cluster: {server: 'http://h'}}], users: [{name: u, user: %s}]}"
                        .formatted(rest, text.substring(4))
                : text;
    }

    @Test
    void aContextThatIsNotThereIsNamedAsItWasAskedFor() throws IOException {
        Path file = Files.writeString(folder.resolve("config"), WHOLE);
        assertThatThrownBy(() -> ClusterAccess.open(Optional.of(file), Optional.of("prod")))
                .hasMessage("the kubeconfig " + file + " has no context 'prod'");
    }

    @Test
    void aFolderOrNothingIsNoKubeconfig() {
        assertThatThrownBy(() -> ClusterAccess.open(Optional.of(folder), Optional.empty()))
                .hasMessage("cannot read the kubeconfig " + folder + ": it is a folder");
        Path nowhere = folder.resolve("nowhere");
        assertThatThrownBy(() -> ClusterAccess.open(Optional.of(nowhere), Optional.empty()))
                .hasMessage("cannot read the kubeconfig " + nowhere + ": there is no such file");
    }

    /** Cut, shuffled, encoded, overwritten: nothing that stands in a file gets into what anybody is told. */
    @Property(tries = 400)
    void nothingOfAFileIsInAMessage(@ForAll long seed) throws IOException {
        Path file = Files.createTempFile("kubeconfig-test", "");
        try {
            Files.write(file, broken(new Random(seed)));
            Throwable thrown = catchThrowable(() ->
                    ClusterAccess.open(Optional.of(file), Optional.empty()).close());
            assertThat(thrown).isInstanceOf(LabException.class);
            assertThat(String.valueOf(thrown.getMessage()).lines()).hasSize(1);
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            assertThat(pieces(SECRET)).noneMatch(piece -> trace.toString().contains(piece));
        } finally {
            Files.delete(file);
        }
    }

    /** Every eight letters of it in a row. */
    private static List<String> pieces(String secret) {
        return IntStream.rangeClosed(0, secret.length() - 8)
                .mapToObj(i -> secret.substring(i, i + 8))
                .toList();
    }

    private static byte[] broken(Random random) {
        byte[] text = WHOLE.getBytes(StandardCharsets.UTF_8);
        switch (random.nextInt(6)) {
            case 0 -> {
                return WHOLE.substring(0, random.nextInt(WHOLE.length())).getBytes(StandardCharsets.UTF_8);
            }
            case 1 -> {
                return Base64.getMimeEncoder().encode(text);
            }
            case 2 -> {
                List<String> lines = new ArrayList<>(WHOLE.lines().toList());
                Collections.shuffle(lines, random);
                return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
            }
            case 3 -> {
                return SECRET.repeat(1 + random.nextInt(50)).getBytes(StandardCharsets.UTF_8);
            }
            case 4 -> {
                String[] marks = {"{", "[", "\"", "\t", "*", "&", "!", ": ", "\n---\n", "\u0000", "? ", "|", "%"};
                StringBuilder changed = new StringBuilder(WHOLE);
                for (int i = 0; i < 1 + random.nextInt(4); i++) {
                    changed.insert(random.nextInt(changed.length()), marks[random.nextInt(marks.length)]);
                }
                return changed.toString().getBytes(StandardCharsets.UTF_8);
            }
            default -> {
                for (int i = 0; i < 1 + random.nextInt(20); i++) {
                    text[random.nextInt(text.length)] = (byte) random.nextInt();
                }
                return text;
            }
        }
    }
}
