package io.kubeecho.cli;

import io.kubeecho.lab.LabException;
import io.kubeecho.lab.k3s.DockerLeftovers;
import io.kubeecho.lab.kubernetes.Leftovers;
import io.kubeecho.output.PlainText;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
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
        description = "Finds what dead runs have left in Docker and in a cluster, removes it, and says so.")
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

    private boolean failed;

    @Override
    public Integer call() {
        Optional<LabException> noDocker = look(() -> inDocker());
        Optional<LabException> noCluster = look(() -> inCluster());
        // a cluster that was named has to be there; of places that were not, one is enough
        boolean named = cluster.kubeconfig().isPresent() || cluster.context().isPresent();
        if (noCluster.isPresent() && (named || noDocker.isPresent())) {
            throw noCluster.get();
        }
        noDocker.ifPresent(why -> note("Docker", why));
        noCluster.ifPresent(why -> note("a cluster", why));
        return failed ? ExitCode.NOT_REMOVED : ExitCode.CONFORMS;
    }

    private static Optional<LabException> look(Runnable place) {
        try {
            place.run();
            return Optional.empty();
        } catch (LabException e) {
            return Optional.of(e);
        }
    }

    private void note(String place, LabException why) {
        spec.commandLine()
                .getOut()
                .printf("did not look in %s: %s%n", place, PlainText.inLine(String.valueOf(why.getMessage())));
    }

    private void inDocker() {
        DockerLeftovers leftovers = new DockerLeftovers();
        clean(
                "Docker",
                leftovers.find().stream()
                        .map(f -> new Left(f.content(), f.run(), f.alive(), () -> leftovers.remove(f)))
                        .toList());
    }

    private void inCluster() {
        try (Leftovers leftovers = new Leftovers(cluster.kubeconfig(), cluster.context())) {
            clean(
                    "the cluster",
                    leftovers.find().stream()
                            .map(f -> new Left(f.namespace(), f.run(), f.alive(), () -> leftovers.remove(f)))
                            .toList());
        }
    }

    private void clean(String place, List<Left> found) {
        PrintWriter out = spec.commandLine().getOut();
        List<Left> wanted = found.stream()
                .filter(left -> run == null || left.run().equals(run))
                .toList();
        if (wanted.isEmpty()) {
            out.println(
                    (run == null ? "nothing was left behind" : "nothing is there of the run " + run) + " in " + place);
        }
        for (Left left : wanted) {
            String name = PlainText.inLine(left.name());
            if (left.alive() && !all && run == null) {
                out.printf("%s: in use by a run that is alive, left alone (--all removes it)%n", name);
            } else if (dryRun) {
                out.printf("%s: would be removed%n", name);
            } else if (isRemoved(left)) {
                out.printf("%s: removed%n", name);
            }
            out.flush();
        }
    }

    /** One that stays keeps none of the others from going. */
    private boolean isRemoved(Left left) {
        try {
            left.removal().run();
            return true;
        } catch (LabException e) {
            failed = true;
            Main.tell(spec.commandLine().getErr(), e);
            return false;
        }
    }

    /** What a run has left in one place, and how it is removed. */
    private record Left(String name, String run, boolean alive, Runnable removal) {}
}
