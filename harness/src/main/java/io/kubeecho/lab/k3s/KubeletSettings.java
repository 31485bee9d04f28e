package io.kubeecho.lab.k3s;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the nodes' kubelets are told, by k3s's {@code --kubelet-arg}.
 *
 * @param arguments of the node's command line
 */
record KubeletSettings(List<String> arguments) {

    /** The first minor version of Kubernetes 1 whose kubelet knows {@code failCgroupV1} (KEP-4569). */
    private static final int KNOWS_FAIL_CGROUP_V1 = 31;

    private static final Pattern KUBERNETES_ONE = Pattern.compile("^v?1\\.([0-9]{1,4})(?:[.-].*)?$");

    /** On a machine of a person's own, whose disk is nearly full more often than a server's; k3d does the same. */
    private static final List<String> DISK_MAY_BE_NEARLY_FULL = List.of(
            // naming one threshold takes the other defaults away, so memory's is named as well
            "--kubelet-arg=eviction-hard=memory.available<100Mi,nodefs.available<1%,imagefs.available<1%",
            "--kubelet-arg=eviction-minimum-reclaim=nodefs.available=1%,imagefs.available=1%",
            "--kubelet-arg=image-gc-high-threshold=100",
            "--kubelet-arg=image-gc-low-threshold=99");

    /**
     * @param nodeImage whose tag names its version, as in {@code rancher/k3s:v1.36.4-k3s1}; of one that does not, a version
     *     of today is assumed
     * @param cgroupVersion Docker's, {@code 1} or {@code 2}: of 1, kubelets of 1.35 and later want to be told that it is
     *     known
     */
    static KubeletSettings of(String nodeImage, String cgroupVersion) {
        List<String> arguments = new ArrayList<>(DISK_MAY_BE_NEARLY_FULL);
        boolean known = minor(nodeImage).orElse(KNOWS_FAIL_CGROUP_V1) >= KNOWS_FAIL_CGROUP_V1;
        if (cgroupVersion.equals("1") && known) {
            arguments.add("--kubelet-arg=fail-cgroupv1=false");
        }
        return new KubeletSettings(List.copyOf(arguments));
    }

    private static OptionalInt minor(String nodeImage) {
        Matcher tag = KUBERNETES_ONE.matcher(nodeImage.substring(nodeImage.lastIndexOf(':') + 1));
        return tag.matches() ? OptionalInt.of(Integer.parseInt(tag.group(1))) : OptionalInt.empty();
    }
}
