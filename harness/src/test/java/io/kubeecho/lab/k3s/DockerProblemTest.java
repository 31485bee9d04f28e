package io.kubeecho.lab.k3s;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import io.kubeecho.lab.LabException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.testcontainers.containers.ContainerLaunchException;

class DockerProblemTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            privileged mode is incompatible with user namespaces | Docker refuses privileged containers
            OCI runtime create failed: apply caps: operation not permitted | Docker refuses privileged containers
            write /var/lib/docker/x: no space left on device | Docker's disk is full
            fork/exec /usr/bin/runc: cannot allocate memory | too little memory
            could not find an available, non-overlapping IPv4 address pool | Docker has no subnet left
            something that nobody has seen yet | something that nobody has seen yet
            """)
    void saysInOneLineWhatARefusalMeans(String message, String meaning) {
        Exception refusal = new ContainerLaunchException(
                "Container startup failed for image x",
                new InternalServerErrorException("Status 500: {\"message\":\"" + message + "\"}\n"));

        LabException problem = DockerProblem.of("starting the node agent1", refusal);

        assertThat(problem.getMessage())
                .startsWith("starting the node agent1 failed: " + meaning)
                .contains(message)
                .doesNotContain("\n", "Status 500", "{");
    }

    @Test
    void anotherContainersLackOfPermissionIsNotAboutPrivileges() {
        LabException problem = DockerProblem.of(
                "starting the client off the cluster",
                new BadRequestException("Status 400: {\"message\":\"operation not permitted\"}"));

        assertThat(problem).hasMessage("starting the client off the cluster failed: operation not permitted");
    }

    @Test
    void whatTheLabItselfFoundSaysMost() {
        LabException known = new LabException("the node server ended with exit code 2");

        assertThat(DockerProblem.of("starting the node server", new ContainerLaunchException("x", known)))
                .isSameAs(known);
    }

    @Test
    void quotesAndLinesInAMessageAreReadable() {
        assertThat(DockerProblem.text(new BadRequestException(
                        "Status 400: {\"message\":\"Get \\\"https://r/v2/\\\": no such host\\n\"}")))
                .isEqualTo("Get \"https://r/v2/\": no such host");
        assertThat(DockerProblem.text(new IllegalStateException())).isEqualTo("IllegalStateException");
    }
}
