package io.kubeecho.hostile.run;

import io.kubeecho.hostile.attack.Counts;
import io.kubeecho.hostile.client.GoodClient;
import io.kubeecho.hostile.client.Tally;
import io.kubeecho.hostile.client.Way;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Puts one container through one scenario. */
final class Trial {

    private static final long LOOK_MILLIS = 100;
    /** How much longer than it is watched an attack goes on. */
    private static final Duration LONGER = Duration.ofSeconds(90);
    /**
     * Where only bytes are judged, the good client comes when the memory has been used up, and asks seldom: the server
     * then fails where it takes memory for an answer, and not before, where it takes it for what it reads.
     */
    private static final long SETTLE_MILLIS = 10_000;

    private static final int LATE_RATE = 2;

    private final Plan plan;

    Trial(Plan plan) {
        this.plan = plan;
    }

    /**
     * Runs it.
     *
     * @param place which of 127.64.0.0/12's networks is its own, from 0 to 255
     */
    Outcome run(Scenario scenario, int place) throws IOException, InterruptedException {
        InetAddress server = InetAddress.getByAddress(new byte[] {127, 64, (byte) place, 1});
        InetAddress good = InetAddress.getByAddress(new byte[] {127, 64, (byte) place, 2});
        LoopDumps loops = new LoopDumps();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try (EchoContainer container = EchoContainer.start(plan, server, scenario.environment(), loops::line)) {
            boolean late = scenario.judged() == Scenario.Judged.BYTES;
            int rate = late ? LATE_RATE : plan.rate();
            List<Way> ways = late ? List.of(Way.NEW) : List.of(Way.values());
            GoodClient client = new GoodClient(group.next(), server, good, EchoContainer.SERVER_NAME, ways, rate);
            Tally calm = late ? client.cut() : calm(client);
            try (Watch watch = Watch.begin(container, loops, !late);
                    Attackers attackers = Attackers.begin(
                            scenario.attacks(),
                            server,
                            scenario.limits(plan.limits()),
                            plan.attack().plus(LONGER))) {
                attackers.awaitBegin();
                watch.attackBegins();
                if (late) {
                    Thread.sleep(SETTLE_MILLIS);
                    client.start();
                }
                long began = System.nanoTime();
                sleep(plan.attack(), watch);
                List<Counts> counts = attackers.counts();
                Tally beside = client.stop();
                double seconds = (System.nanoTime() - began) / 1e9;
                Map<String, Long> reasons = Reasons.in(container.metrics());
                Seen seen = watch.seen();
                return new Outcome(scenario, seconds, calm, beside, counts, seen, reasons);
            }
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private Tally calm(GoodClient client) throws InterruptedException {
        client.start();
        Thread.sleep(plan.warm().toMillis());
        client.cut();
        Thread.sleep(plan.calm().toMillis());
        return client.cut();
    }

    private static void sleep(Duration time, Watch watch) throws InterruptedException {
        long until = System.nanoTime() + time.toNanos();
        while (!watch.hasEnded() && System.nanoTime() < until) {
            Thread.sleep(LOOK_MILLIS);
        }
    }
}
