package io.kubeecho.load.measure;

import java.time.Duration;

/**
 * What is expected of the Service.
 *
 * @param expected whether somebody expects it to keep sources on their pods
 * @param timeout within which it should, counted from the source's last new connection
 */
public record SessionAffinity(boolean expected, Duration timeout) {}
