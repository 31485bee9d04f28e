package io.kubeecho.hostile.run;

import java.util.List;
import java.util.Optional;

/**
 * What was seen of a container while it was under attack.
 *
 * @param peak its memory at most, in bytes, as its cgroup counts it
 * @param anonymous of that, what was its own at most
 * @param kills how many of its processes the kernel has killed for want of memory
 * @param end how it ended, and after how many seconds of attack; empty if it did not
 * @param deafProbes how often three probes of its life in a row failed, which has a kubelet restart it
 * @param dumps how many thread dumps were looked at
 * @param asleep how many event loops were asleep in the reservation of memory in those
 * @param example where the last of these was
 */
record Seen(
        long peak,
        long anonymous,
        long kills,
        Optional<Ended> end,
        int deafProbes,
        long dumps,
        long asleep,
        List<String> example) {

    /** It ended after so many seconds. */
    record Ended(double seconds, EchoContainer.End how) {}
}
