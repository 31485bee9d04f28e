package io.kubeecho.lab.k3s;

import static java.util.stream.Collectors.joining;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Frame;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** What a container has said, and whether it still runs. */
final class NodeLog {

    private static final int FEW = 5;
    private static final int READING_SECONDS = 10;

    private final DockerClient docker;
    private final String container;

    NodeLog(DockerClient docker, String container) {
        this.docker = docker;
        this.container = container;
    }

    /** The last lines, each on a line of its own and indented, for the end of an error. */
    String end() {
        return last(FEW).lines().map(line -> "\n    " + line).collect(joining());
    }

    /** The last lines. */
    String last(int lines) {
        StringBuilder text = new StringBuilder();
        ResultCallback.Adapter<Frame> reader = new ResultCallback.Adapter<>() {
            @Override
            public void onNext(Frame frame) {
                synchronized (text) {
                    text.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
                }
            }
        };
        try {
            boolean whole = docker.logContainerCmd(container)
                    .withStdOut(true)
                    .withStdErr(true)
                    .withTail(lines)
                    .exec(reader)
                    .awaitCompletion(READING_SECONDS, TimeUnit.SECONDS);
            synchronized (text) {
                return whole ? text.toString() : text + "…\n";
            }
        } catch (DockerException e) {
            return "no log: " + DockerProblem.text(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "no log: interrupted";
        }
    }

    /** How the container ended, as the rest of a sentence; empty while it runs. */
    String ending() {
        var state = docker.inspectContainerCmd(container).exec().getState();
        if (Boolean.TRUE.equals(state.getRunning())) {
            return "";
        }
        return Boolean.TRUE.equals(state.getOOMKilled())
                ? "ended for want of memory"
                : "ended with exit code " + state.getExitCodeLong();
    }
}
