package io.kubeecho.hostile.run;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs scenarios, so many at a time, and says what came of each. */
public final class Series {

    private final Plan plan;
    private final PrintStream out;

    /** @param out where a row is printed as soon as it is known */
    public Series(Plan plan, PrintStream out) {
        this.plan = plan;
        this.out = out;
    }

    /** The names of all that are run unless some are named. */
    public static List<String> names() {
        return Scenario.all().stream().map(Scenario::name).toList();
    }

    /** What is run, and what came of it. */
    public record Result(String table, List<String> broken) {}

    /**
     * Runs them.
     *
     * @param names some of {@link #names}, or further attacks
     * @param atOnce how many containers at a time
     */
    public Result run(List<String> names, int atOnce) throws IOException, InterruptedException {
        List<Scenario> scenarios = names.stream().map(Scenario::named).toList();
        ExecutorService trials = Executors.newFixedThreadPool(atOnce);
        List<Outcome> outcomes = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        try {
            List<Future<Outcome>> running = new ArrayList<>();
            // one after another has an address of its own too: no connection of the last one is taken for one of its
            // own
            int base = (int) (ProcessHandle.current().pid() * 16 % 240);
            for (int i = 0; i < scenarios.size(); i++) {
                Scenario scenario = scenarios.get(i);
                int place = base + i % 16;
                running.add(trials.submit(() -> new Trial(plan).run(scenario, place)));
            }
            for (Future<Outcome> each : running) {
                Outcome outcome = each.get();
                outcomes.add(outcome);
                out.print(Row.said(outcome));
                List<String> lines = Requirements.broken(outcome);
                lines.forEach(line -> out.println("BROKEN " + line));
                broken.addAll(lines);
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException("a trial failed: " + e.getCause(), e);
        } finally {
            trials.shutdownNow();
        }
        return new Result(Row.table(outcomes), broken);
    }
}
