package io.kubeecho.cli;

import io.kubeecho.lab.kubernetes.Leftovers;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kube-echo cleanup}. */
@Command(
        name = "cleanup",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Finds what dead runs have left in a cluster, removes it, and says so.")
final class CleanupCommand implements Callable<Integer> {

    @Option(names = "--run", paramLabel = "ID", description = "Only this run, dead or alive.")
    private @Nullable String run;

    @Option(names = "--all", description = "Also runs that are still alive.")
    private boolean all;

    @Option(names = "--dry-run", description = "Only say what is there.")
    private boolean dryRun;

    @ArgGroup(validate = false)
    private ClusterFlags cluster = new ClusterFlags();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (Leftovers leftovers = new Leftovers(cluster.kubeconfig(), cluster.context())) {
            List<Leftovers.Found> found = leftovers.find().stream()
                    .filter(f -> run == null || f.run().equals(run))
                    .toList();
            if (found.isEmpty()) {
                out.println(run == null ? "nothing was left behind" : "nothing is there of the run " + run);
            }
            for (Leftovers.Found left : found) {
                if (left.alive() && !all && run == null) {
                    out.printf("%s: in use by a run that is alive, left alone (--all removes it)%n", left.namespace());
                } else if (dryRun) {
                    out.printf("%s: would be removed%n", left.namespace());
                } else {
                    leftovers.remove(left);
                    out.printf("%s: removed%n", left.namespace());
                }
                out.flush();
            }
        }
        return ExitCode.CONFORMS;
    }
}
