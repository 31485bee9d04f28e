package io.kubeecho.lab.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerEngineTest {

    @Test
    void withoutASocketThereIsNoDocker(@TempDir Path folder) {
        Path socket = folder.resolve("docker.sock");

        assertThat(DockerEngine.absence(Map.of(), socket))
                .isEqualTo("there is no Docker engine: " + socket + " is not there; start Docker, or set DOCKER_HOST");
        assertThat(DockerEngine.absence(Map.of("DOCKER_HOST", "unix:///named.sock"), socket))
                .contains("/named.sock is not there");
    }

    @Test
    void aSocketThatIsNotTheUsersToWriteNamesItsGroup(@TempDir Path folder) throws Exception {
        Path socket = Files.createFile(folder.resolve("docker.sock"));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("---------"));
        assumeTrue(!Files.isWritable(socket), "root may write everywhere");

        assertThat(DockerEngine.absence(Map.of(), socket))
                .startsWith("no permission to use Docker: " + socket)
                .contains("group");
    }

    @Test
    void aSocketWithNobodyBehindItDoesNotAnswer(@TempDir Path folder) throws Exception {
        Path socket = Files.createFile(folder.resolve("docker.sock"));

        assertThat(DockerEngine.absence(Map.of(), socket))
                .isEqualTo("the Docker engine at " + socket + " does not answer");
        assertThat(DockerEngine.absence(Map.of("DOCKER_HOST", "tcp://192.0.2.1:2375"), socket))
                .isEqualTo("no Docker engine answers at DOCKER_HOST=tcp://192.0.2.1:2375");
    }

    @Test
    void anEngineThatWasNotNamedIsAnother() {
        URI local = URI.create("unix:///var/run/docker.sock");

        assertThat(DockerEngine.isAnother(local, null)).isFalse();
        assertThat(DockerEngine.isAnother(local, "")).isFalse();
        assertThat(DockerEngine.isAnother(local, "unix:///var/run/docker.sock")).isFalse();
        assertThat(DockerEngine.isAnother(local, "tcp://192.0.2.1:2375")).isTrue();
    }

    @Test
    void memoryHasToDoForEveryNode() {
        assertThat(DockerEngine.memoryLack(2250, 2)).isEmpty();
        assertThat(DockerEngine.memoryLack(2249, 2))
                .contains("too little memory: Docker has 2249 MiB, a server with 2 agents and the pods need 2250 MiB");
        assertThat(DockerEngine.memoryLack(2250, 3)).isPresent();
    }
}
