package io.kubeecho.cli;

import io.kubeecho.lab.embedded.Fault;
import io.kubeecho.lab.embedded.Variation;
import io.kubeecho.scenario.Catalogue;
import io.kubeecho.scenario.Profile;
import java.io.PrintWriter;
import java.util.Arrays;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kube-echo list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the scenarios, the faults and permitted variations of the embedded lab, and the profiles.")
final class ListCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        out.println("Scenarios (verify --run ID,… --skip ID,…)");
        Catalogue.all()
                .forEach(item -> out.printf(
                        "  %-9s  %s%n             expects: %s%n",
                        item.id(), item.scenario().title(), item.scenario().expects()));
        out.println();
        out.println(
                "Faults of the embedded lab (verify --fault NAME, or KIND:WHERE with other places of the same form)");
        Fault.named().forEach(f -> out.printf("  %-40s  %s%n", f.id(), f.description()));
        out.println();
        out.println("Permitted variations of the embedded lab (verify --variation NAME)");
        Arrays.stream(Variation.values()).forEach(v -> out.printf("  %-40s  %s%n", v.id(), v.description()));
        out.println();
        out.println("Profiles: what is known of a data plane (verify --profile NAME)");
        Arrays.stream(Profile.values()).forEach(p -> out.printf("  %-40s  %s%n", p.id(), p.description()));
    }
}
