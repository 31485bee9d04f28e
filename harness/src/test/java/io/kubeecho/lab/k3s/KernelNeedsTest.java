package io.kubeecho.lab.k3s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelNeedsTest {

    @Test
    void aMissingModuleIsNamedWithWhatLoadsIt() {
        assertThat(KernelNeeds.ofProbe("MISSING bridge-nf-call-iptables\n"))
                .hasValueSatisfying(text -> assertThat(text).contains("modprobe br_netfilter"));
        assertThat(KernelNeeds.ofProbe("MISSING xt_recent\n"))
                .hasValueSatisfying(text -> assertThat(text).contains("modprobe xt_recent"));
        assertThat(KernelNeeds.ofProbe("")).isEmpty();
    }

    @Test
    void theProbeSpeaksOfTheMatchThatIptablesDoesNotTake(@TempDir Path folder) throws Exception {
        assertThat(probe(folder, "case \"$*\" in *recent*) exit 2 ;; esac")).contains("MISSING xt_recent");
        assertThat(probe(folder, "exit 0")).doesNotContain("xt_recent");
        // an iptables that cannot be asked says nothing of the kernel
        assertThat(probe(folder, "exit 127")).doesNotContain("xt_recent");
        assertThat(KernelNeeds.probe(ProxyMode.NFTABLES)).doesNotContain("xt_recent");
    }

    private static String probe(Path folder, String iptables) throws IOException, InterruptedException {
        Path command = folder.resolve("iptables");
        Files.writeString(command, "#!/bin/sh\n" + iptables + "\n");
        assertThat(command.toFile().setExecutable(true)).isTrue();
        ProcessBuilder shell =
                new ProcessBuilder("sh", "-c", KernelNeeds.probe(ProxyMode.IPTABLES)).redirectErrorStream(true);
        shell.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
        Process process = shell.start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void aKubeletThatRefusesCgroupVersionOneIsOneLine() {
        assertThat(
                        KernelNeeds.ofLog(
                                "E1128 run.go:72] \"command failed\" err=\"kubelet is configured to not run on a host using cgroup v1. cgroup v1 support is unsupported\""))
                .hasValueSatisfying(text -> assertThat(text).contains("cgroup version 1"));
        assertThat(KernelNeeds.ofLog("write /x: no space left on device"))
                .hasValueSatisfying(text -> assertThat(text).contains("docker system prune"));
        assertThat(KernelNeeds.ofLog("level=info msg=\"cgroup v1 is in maintenance mode\""))
                .isEmpty();
    }

    @Test
    void theSandboxIsReadFromEitherVersionOfTheConfiguration() {
        assertThat(KernelNeeds.sandboxImage("""
                        [plugins."io.containerd.grpc.v1.cri"]
                          sandbox_image = "rancher/mirrored-pause:3.6"
                        """)).contains("rancher/mirrored-pause:3.6");
        assertThat(KernelNeeds.sandboxImage("""
                        [plugins.'io.containerd.cri.v1.images'.pinned_images]
                          sandbox = 'rancher/mirrored-pause:3.6'
                        """)).contains("rancher/mirrored-pause:3.6");
        assertThat(KernelNeeds.sandboxImage("")).isEmpty();
    }
}
