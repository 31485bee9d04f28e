package io.kubeecho.cli;

import static java.util.stream.Collectors.joining;

import io.kubeecho.cli.VerifyCommand.LabKind;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Which flags of {@code verify} are for which lab. One that is for another lab is no flag to pass over: somebody who names a
 * cluster and forgets {@code --lab} would get the verdicts of a simulation.
 */
final class LabFlags {

    static final Map<String, Set<LabKind>> LABS = Map.ofEntries(
            Map.entry("--fault", EnumSet.of(LabKind.EMBEDDED)),
            Map.entry("--variation", EnumSet.of(LabKind.EMBEDDED)),
            Map.entry("--seed", EnumSet.allOf(LabKind.class)),
            Map.entry("--keep", EnumSet.of(LabKind.KUBECONFIG)),
            Map.entry("--kubeconfig", EnumSet.of(LabKind.KUBECONFIG)),
            Map.entry("--context", EnumSet.of(LabKind.KUBECONFIG)),
            Map.entry("--image", EnumSet.of(LabKind.KUBECONFIG, LabKind.K3S)),
            Map.entry("--image-pull-policy", EnumSet.of(LabKind.KUBECONFIG)),
            Map.entry("--node-rules", EnumSet.of(LabKind.KUBECONFIG, LabKind.K3S)),
            Map.entry("--startup", EnumSet.of(LabKind.KUBECONFIG, LabKind.K3S)),
            Map.entry("--k3s-image", EnumSet.of(LabKind.K3S)),
            Map.entry("--agents", EnumSet.of(LabKind.K3S)),
            Map.entry("--proxy-mode", EnumSet.of(LabKind.K3S)));

    private LabFlags() {}

    /** @throws ParameterException naming the first flag that is for another lab, and what to type */
    static void requireFitting(ParseResult parsed, LabKind lab) {
        for (OptionSpec option : parsed.matchedOptions()) {
            Set<LabKind> labs = LABS.getOrDefault(option.longestName(), EnumSet.allOf(LabKind.class));
            if (!labs.contains(lab)) {
                throw new ParameterException(
                        parsed.commandSpec().commandLine(),
                        "%s is not for the %s lab: add %s, or leave it out"
                                .formatted(
                                        option.longestName(),
                                        lab,
                                        labs.stream().map(l -> "--lab " + l).collect(joining(" or "))));
            }
        }
    }
}
