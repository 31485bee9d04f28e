package io.kubeecho.cli;

import io.kubeecho.load.watch.ServiceName;
import io.kubeecho.load.watch.ServiceWatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Service a load goes to, and how its cluster is reached. */
final class WatchFlags {

    /** As often as kube-proxy looks at all of its rules again, whatever it missed (iptables.syncPeriod). */
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);

    @Option(
            names = "--watch-service",
            paramLabel = "[NAMESPACE/]NAME",
            description =
                    "The Service that the load goes to: its endpoints are watched, and what goes wrong is lined up"
                            + " with their changes.")
    private @Nullable String service;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "Default: KUBECONFIG, ~/.kube/config, or the configuration inside a pod.")
    private @Nullable Path kubeconfig;

    @Option(names = "--context", description = "Of the kubeconfig. Default: the current one.")
    private @Nullable String context;

    @Option(
            names = "--watch-grace",
            paramLabel = "DURATION",
            description = "For how long after a change a node may act on what was before. Default: 30s.")
    private Duration grace = DEFAULT_GRACE;

    /** @throws IllegalArgumentException if they do not go together */
    Optional<ServiceName> service() {
        if (service == null && (kubeconfig != null || context != null)) {
            throw new IllegalArgumentException(
                    (kubeconfig != null ? "--kubeconfig" : "--context") + " is for --watch-service");
        }
        return Optional.ofNullable(service).map(ServiceName::of);
    }

    /** @throws io.kubeecho.lab.LabException if it cannot be watched */
    ServiceWatch open(ServiceName name) {
        return ServiceWatch.open(Optional.ofNullable(kubeconfig), Optional.ofNullable(context), name, grace);
    }

    /** What of it decided the run, by the names of the options. */
    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        if (service != null) {
            settings.put("watch-service", service);
            settings.put("watch-grace", LoadOutput.text(grace));
        }
        return settings;
    }
}
