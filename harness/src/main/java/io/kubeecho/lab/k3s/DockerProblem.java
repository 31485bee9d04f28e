package io.kubeecho.lab.k3s;

import io.kubeecho.lab.LabException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in one line what Docker's refusals mean for somebody who wanted a cluster. */
final class DockerProblem {

    static final String STARTING_A_NODE = "starting the node ";

    private static final Pattern MESSAGE = Pattern.compile("\"message\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

    private DockerProblem() {}

    /**
     * @param doing what was being done, as in "starting the node server"
     * @return the LabException among the causes if there is one, as it says most
     */
    static LabException of(String doing, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof LabException known) {
                return known;
            }
        }
        return new LabException(line(doing, text(failure)), failure);
    }

    static String line(String doing, String docker) {
        String said = docker.toLowerCase(Locale.ROOT);
        // the node's own start, as other containers are not privileged and fail so for other reasons
        boolean noPermit = doing.startsWith(STARTING_A_NODE) && said.contains("operation not permitted");
        if (said.contains("privileged") || noPermit) {
            return "%s failed: Docker refuses privileged containers, which k3s's nodes have to be (%s)"
                    .formatted(doing, docker);
        }
        if (said.contains("no space left")) {
            return "%s failed: Docker's disk is full (%s)".formatted(doing, docker);
        }
        if (said.contains("cannot allocate memory")) {
            return "%s failed: too little memory (%s)".formatted(doing, docker);
        }
        if (said.contains("could not find an available, non-overlapping") || said.contains("fully subnetted")) {
            return "%s failed: Docker has no subnet left; 'docker network prune' frees those that are unused (%s)"
                    .formatted(doing, docker);
        }
        return "%s failed: %s".formatted(doing, docker);
    }

    /** The innermost message, without what Docker's client puts around it. */
    static String text(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        Matcher m = MESSAGE.matcher(message);
        String text = m.find() ? m.group(1).replace("\\n", " ").replace("\\\"", "\"") : message;
        return text.lines().findFirst().orElse(text).strip();
    }
}
