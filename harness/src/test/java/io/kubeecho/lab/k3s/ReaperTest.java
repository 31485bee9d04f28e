package io.kubeecho.lab.k3s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;

class ReaperTest {

    /** It is looked for before Testcontainers does, so that its absence is said at once and in one line. */
    @Test
    void theImageIsThatOfTheTestcontainersInUse() throws Exception {
        String classFile = "/org/testcontainers/utility/RyukContainer.class";
        try (InputStream in = DockerClientFactory.class.getResourceAsStream(classFile)) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains(Reaper.IMAGE);
        }
    }

    @Test
    void labelsTakeEverythingButTheSession() {
        Map<String, String> labels = new Reaper.WithoutSession(Map.of("a", "1"));

        labels.putAll(Map.of("b", "2", DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL, "x"));
        labels.put(DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL, "y");

        assertThat(labels).isEqualTo(Map.of("a", "1", "b", "2"));
    }
}
