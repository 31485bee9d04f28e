package io.kubeecho.load.measure;

/**
 * One pod of a run.
 *
 * @param pod its name, empty for answers that do not say
 * @param requests answers of it, of any status
 * @param connections new connections whose first answer was its
 * @param share of all answers, 0 to 1
 * @param errors answers of 400 or more, and requests that failed on a connection to it
 * @param firstSeen seconds from the start of what is measured to its first answer
 * @param lastSeen to its last one
 * @param response from the intended send, to within 1 %
 */
public record PodFigures(
        String pod,
        long requests,
        long connections,
        double share,
        long errors,
        double firstSeen,
        double lastSeen,
        Quantiles response) {}
