package io.kubeecho.hostile.run;

import io.kubeecho.hostile.attack.Limits;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How every scenario is run.
 *
 * @param run what the containers of this run are labelled with
 * @param image the image's name
 * @param memory the container's limit, as the engine takes it; there is no swap beside it
 * @param tls the folder of tls.crt and tls.key
 * @param warm how long the good client asks before anything is counted, since a JVM begins slowly
 * @param calm how long it is then counted without an attack
 * @param attack how long the attack lasts
 * @param rate the good client's requests in a second
 */
public record Plan(
        String run,
        String image,
        String memory,
        Path tls,
        Limits limits,
        Duration warm,
        Duration calm,
        Duration attack,
        int rate) {}
