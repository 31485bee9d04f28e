package io.kubeecho.load.bench;

import io.kubeecho.load.Plans;
import io.kubeecho.load.connection.ConnectionPolicy;
import io.kubeecho.load.drive.LoadPlan;
import io.kubeecho.load.drive.LoadResult;
import io.kubeecho.load.identity.Identity;
import io.kubeecho.load.identity.IdentityMemo;
import io.kubeecho.load.identity.IdentityRule;
import io.kubeecho.load.identity.Roster;
import io.kubeecho.load.measure.LoopTally;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@code URL PAIRS MILLIS}: what it costs to tell pods apart, in two ways. As CPU time of the event loop per request with
 * it and without it: both are run in turn in one process, for a short time each, so that they share what the compiler made
 * of the code and what the machine is busy with; which one goes first alternates. And alone, without a network, which is
 * the share that is left when nothing else disturbs.
 */
public final class PodAccounting {

    private static final int CLIENTS = 64;
    private static final int PODS = 5;
    private static final int ALONE = 20_000_000;

    private PodAccounting() {}

    public static void main(String[] args) {
        int wanted = Integer.parseInt(args[1]);
        Duration each = Duration.ofMillis(Long.parseLong(args[2]));
        PrintStream out = System.out;
        // until the compiler has come to its end
        for (int i = 0; i < 3; i++) {
            micros(args[0], IdentityRule.auto(), Duration.ofSeconds(4));
            micros(args[0], IdentityRule.NONE, Duration.ofSeconds(4));
        }
        List<Double> ratios = new ArrayList<>();
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < wanted; i++) {
            double with = 0;
            double without = 0;
            for (int turn = 0; turn < 2; turn++) {
                if ((i + turn) % 2 == 0) {
                    with = micros(args[0], IdentityRule.auto(), each);
                } else {
                    without = micros(args[0], IdentityRule.NONE, each);
                }
            }
            ratios.add(with / without);
            all.add(without);
        }
        Pairs pairs = new Pairs(ratios);
        double request = new Pairs(all).median();
        out.printf(
                Locale.ROOT,
                "telling pods apart costs %+.2f %% of a request's %.2f us (95 %% interval %+.2f to %+.2f %%; %d pairs)%n",
                (pairs.median() - 1) * 100,
                request,
                (pairs.low() - 1) * 100,
                (pairs.high() - 1) * 100,
                wanted);
        double alone = alone();
        out.printf(
                Locale.ROOT,
                "alone it takes %.0f ns for each answer, %.2f %% of a request%n",
                alone,
                alone / request / 10);
    }

    /** CPU time of the event loop for each answer, in microseconds. */
    private static double micros(String url, IdentityRule identity, Duration duration) {
        LoadPlan plan = Plans.plan(
                url,
                LoadPlan.HttpKind.HTTP1,
                new ConnectionPolicy.Pinned(),
                CLIENTS,
                "",
                new LoadPlan.Closed(Duration.ofMillis(150), duration, Long.MAX_VALUE));
        LoadPlan telling = new LoadPlan(
                plan.requests(),
                plan.http(),
                plan.tls(),
                plan.model(),
                plan.policy(),
                plan.clients(),
                plan.sources(),
                identity,
                plan.timeout(),
                Duration.ofSeconds(1),
                plan.loops(),
                plan.affinity(),
                plan.endpoints());
        LoadResult result = Plans.run(telling);
        return result.generator().busiestLoop()
                * result.figures().seconds()
                * 1e6
                / result.figures().answered();
    }

    /** The time that reading who answered and counting it takes beyond what is counted anyway, in nanoseconds. */
    private static double alone() {
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            double without = nanos(IdentityRule.NONE);
            double with = nanos(IdentityRule.auto());
            all.add(with - without);
        }
        return new Pairs(all).median();
    }

    private static double nanos(IdentityRule identity) {
        LoopTally tally = new LoopTally(!identity.equals(IdentityRule.NONE));
        Roster roster = new Roster();
        IdentityMemo[] memos = new IdentityMemo[CLIENTS];
        byte[][] answers = new byte[CLIENTS][];
        for (int i = 0; i < CLIENTS; i++) {
            memos[i] = new IdentityMemo(identity, roster);
            answers[i] = ("Host=127.0.0.1  Path=/  From=echo-7d9c5b6f4-" + i % PODS + "  ClientIP=127.0.0.1  XFF=\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }
        byte[] none = {};
        long before = System.nanoTime();
        for (int i = 0; i < ALONE; i++) {
            int client = i % CLIENTS;
            byte[] answer = answers[client];
            Identity who = memos[client].read(answer, 0, answer.length, none, 0, 0);
            tally.answered(i, i, i + 500_000L + (i & 0xffff), 200, answer.length, who);
        }
        return (double) (System.nanoTime() - before) / ALONE;
    }
}
