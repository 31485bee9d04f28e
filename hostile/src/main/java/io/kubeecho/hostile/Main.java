package io.kubeecho.hostile;

import io.kubeecho.hostile.attack.Attack;
import io.kubeecho.hostile.attack.Attacks;
import io.kubeecho.hostile.attack.Holder;
import io.kubeecho.hostile.attack.Limits;
import io.kubeecho.hostile.run.Page;
import io.kubeecho.hostile.run.Plan;
import io.kubeecho.hostile.run.Series;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Attacks the image of the echo server, and judges what a good client gets beside. {@code hostile/run} calls it. */
@Command(
        name = "hostile",
        mixinStandardHelpOptions = true,
        description = "Attacks the image of the echo server, with a good client beside.",
        subcommands = {Main.Names.class, Main.AttackAlone.class, Main.RunSeries.class})
public final class Main {

    private static final int BROKEN = 1;
    private static final int CANNOT = 4;

    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof IllegalArgumentException) {
                        System.err.println("hostile: " + failure.getMessage());
                        return CommandLine.ExitCode.USAGE;
                    }
                    if (failure instanceof IOException) {
                        System.err.println("hostile: " + failure.getMessage());
                        return CANNOT;
                    }
                    throw failure;
                })
                .execute(args));
    }

    /** How far each attack goes. */
    static final class Bounds {

        @Option(names = "--connections", description = "How many an attack keeps open. Default: ${DEFAULT-VALUE}.")
        private int connections = 10_000;

        @Option(names = "--rate", description = "How many it opens in a second. Default: ${DEFAULT-VALUE}.")
        private int rate = 1_000;

        @Option(
                names = "--again",
                description = "How many in a second in the place of those that the server has ended. Default:"
                        + " ${DEFAULT-VALUE}.")
        private int again = 200;

        @Option(
                names = "--bytes",
                description = "How many first bytes it sends in a second. Default: ${DEFAULT-VALUE}.")
        private long bytes = 64_000_000;

        Limits limits() {
            return new Limits(connections, rate, again, bytes);
        }
    }

    @Command(name = "list", description = "Names the attacks.")
    static final class Names implements Runnable {
        @Override
        public void run() {
            List<Attack> all = new ArrayList<>(Attacks.required());
            all.addAll(Attacks.further());
            all.forEach(attack -> System.out.printf("%-22s %s%n", attack.name(), attack.does()));
            System.out.printf("%-22s %s%n", "together", "the first eight at once, on one container");
            System.out.printf("%-22s %s%n", "victims", "one of them with hardly any direct memory: does a byte cross?");
        }
    }

    @Command(name = "attack", description = "Makes one attack on a server at an address of loopback, and nothing else.")
    static final class AttackAlone implements Callable<Integer> {

        @Parameters(paramLabel = "ATTACK", description = "One of those that `list` names.")
        private String name = "";

        @Option(names = "--at", required = true, description = "The server's address, in 127.0.0.0/8 or ::1.")
        private @Nullable InetAddress server;

        @Option(names = "--seconds", description = "For how long. Default: ${DEFAULT-VALUE}.")
        private int seconds = 60;

        @Mixin
        private Bounds bounds = new Bounds();

        @Spec
        private CommandLine.Model.CommandSpec spec;

        @Override
        public Integer call() throws InterruptedException, IOException {
            Attack attack = Attacks.named(name);
            if (server == null || !server.isLoopbackAddress()) {
                throw new ParameterException(
                        spec.commandLine(), "--at " + server + " is not of loopback; nothing else is attacked");
            }
            EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
            Holder holder = new Holder(group.next(), attack, server, sources(), bounds.limits());
            holder.start();
            long parent =
                    ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
            for (int look = 0; look < 5 * seconds; look++) {
                Thread.sleep(200);
                System.out.println(holder.counts());
                if (ProcessHandle.of(parent).isEmpty()) {
                    break;
                }
            }
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
            return 0;
        }

        /** One address has some 28,000 ports towards each port of the server; four are enough for any attack. */
        private static List<InetAddress> sources() throws IOException {
            int process = (int) (ProcessHandle.current().pid() % 250);
            List<InetAddress> sources = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                sources.add(InetAddress.getByAddress(new byte[] {127, 80, (byte) process, (byte) i}));
            }
            return sources;
        }
    }

    @Command(name = "series", description = "Runs the image under each attack, and judges.")
    static final class RunSeries implements Callable<Integer> {

        @Parameters(
                paramLabel = "NAME",
                description = "Some of those that `list` names. Default: all but the last two attacks.")
        private List<String> names = List.of();

        @Option(names = "--image", required = true, description = "The image.")
        private String image = "";

        @Option(names = "--run", description = "What the containers are labelled with.")
        private String run = String.valueOf(ProcessHandle.current().pid());

        @Option(names = "--memory", description = "Its limit. Default: ${DEFAULT-VALUE}.")
        private String memory = "192m";

        @Option(names = "--tls", required = true, description = "The folder of tls.crt and tls.key.")
        private Path tls = Path.of("");

        @Option(names = "--seconds", description = "How long each attack lasts. Default: ${DEFAULT-VALUE}.")
        private int seconds = 600;

        @Option(
                names = "--warm",
                description = "Seconds of the good client that do not count. Default: ${DEFAULT-VALUE}.")
        private int warm = 10;

        @Option(
                names = "--calm",
                description = "Seconds of the good client without an attack. Default: ${DEFAULT-VALUE}.")
        private int calm = 20;

        @Option(
                names = "--good-rate",
                description = "The good client's requests in a second. Default: ${DEFAULT-VALUE}.")
        private int goodRate = 100;

        @Option(names = "--at-once", description = "How many containers at a time. Default: ${DEFAULT-VALUE}.")
        private int atOnce = 1;

        @Option(names = "--page", description = "A page to write the table into.")
        private @Nullable Path page;

        @Option(names = "--table", description = "Which of the page's tables. Default: ${DEFAULT-VALUE}.")
        private String table = "alone";

        @Mixin
        private Bounds bounds = new Bounds();

        @Override
        public Integer call() throws IOException, InterruptedException {
            Plan plan = new Plan(
                    run,
                    image,
                    memory,
                    tls,
                    bounds.limits(),
                    Duration.ofSeconds(warm),
                    Duration.ofSeconds(calm),
                    Duration.ofSeconds(seconds),
                    goodRate);
            Series.Result result = new Series(plan, System.out).run(names.isEmpty() ? Series.names() : names, atOnce);
            System.out.println();
            System.out.print(result.table());
            if (page != null) {
                Page.write(page, table, plan, atOnce, result.table());
            }
            result.broken().forEach(line -> System.err.println("hostile: BROKEN " + line));
            return result.broken().isEmpty() ? 0 : BROKEN;
        }
    }
}
