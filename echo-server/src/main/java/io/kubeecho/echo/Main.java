package io.kubeecho.echo;

import io.kubeecho.echo.certificate.BadCertificateException;
import io.kubeecho.echo.log.ErrorLog;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Handler;
import java.util.logging.Logger;

/**
 * The echo server as a process.
 *
 * <p>Messages go to standard error, so that standard output has nothing but the access log. Exit codes: 0 after SIGTERM
 * or SIGINT and an orderly end, 1 an unexpected failure, 2 a wrong setting, 4 a port that cannot be had.
 */
public final class Main {

    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int CANNOT_LISTEN = 4;

    /** For the closing of what is left once connections are gone. */
    private static final Duration CLOSING_TIME = Duration.ofSeconds(3);

    /** To ask for handshake after handshake in one connection would be cheap for a client of TLS 1.2, and dear here. */
    private static final String NO_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

    /**
     * Netty then counts direct memory itself, and says at once that there is no more. The JDK's own count would have the
     * event loop collect garbage and sleep, up to half a second each time. The jar's manifest opens java.nio for it.
     */
    private static final String OWN_DIRECT_MEMORY = "io.netty.tryReflectionSetAccessible";

    private Main() {}

    /**
     * Starts the server, or says why not and exits.
     *
     * @param args flags of {@link Setting}, which win over the environment; or {@code --help}
     */
    public static void main(String[] args) {
        run("java -jar echo-server.jar", Arrays.asList(args)).ifPresent(System::exit);
    }

    /**
     * Starts the server, or says why not.
     *
     * @param command what the user has typed before the flags, for the help
     * @param flags of {@link Setting}, which win over the environment; or {@code --help}
     * @return empty while the server runs, which then ends the process when it is told to stop; or else the exit code
     *     that the caller is to end with
     */
    public static OptionalInt run(String command, List<String> flags) {
        if (flags.contains("--help") || flags.contains("-h")) {
            printHelp(System.out, command);
            return OptionalInt.of(0);
        }
        // before anything of Netty's is asked, as the settings ask how much memory there is
        if (System.getProperty(OWN_DIRECT_MEMORY) == null) {
            System.setProperty(OWN_DIRECT_MEMORY, "true");
        }
        EchoConfig config;
        try {
            config = EchoConfig.from(System.getenv(), flags);
            // refused now rather than when the management port is opened
            var unused = config.dial().access();
            config.tls().requireAllOrNone();
        } catch (IllegalArgumentException e) {
            say(String.valueOf(e.getMessage()));
            return OptionalInt.of(USAGE);
        }
        if (config.tls().port().isPresent() && System.getProperty(NO_RENEGOTIATION) == null) {
            System.setProperty(NO_RENEGOTIATION, "true");
        }
        ErrorLog errors = new ErrorLog(Main::say);
        takeWhatIsThrown(errors);
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(config.eventLoops())
                // nothing is served from files; without this Vert.x makes a folder for them
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        if (!vertx.isNativeTransportEnabled()) {
            say("no native transport, using NIO: " + vertx.unavailableNativeTransportCause());
        }
        EchoServer server;
        try {
            server = EchoServer.start(vertx, config, errors)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            say(String.valueOf(cause.getMessage()));
            return OptionalInt.of(exitCode(cause));
        } catch (InterruptedException e) {
            return OptionalInt.of(FAILED);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, config), "stop"));
        say("echo on port " + server.port() + ", management " + onPort(server.managementPort())
                + alsoOn("PROXY", server.proxyPort()) + alsoOn("TLS", server.tlsPort())
                + alsoOn("h2c", server.h2cPort())
                + alsoOn("TCP echo", server.tcpPort())
                + alsoOn("UDP echo", server.udpPort())
                + ", From=" + config.hostname() + ", access log "
                + (config.accessLog().on() ? "on" : "off") + ", "
                + config.eventLoops() + " event loop(s), "
                + (vertx.isNativeTransportEnabled() ? "native transport" : "NIO"));
        say(EffectiveSettings.line(config));
        return OptionalInt.empty();
    }

    /** Whatever nobody has caught, and what libraries log: by default both are stack traces, as many as there are. */
    private static void takeWhatIsThrown(ErrorLog errors) {
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, thrown) -> errors.problem("thread " + thread.getName(), "not caught", thrown));
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(errors.handler());
    }

    private static int exitCode(Throwable cause) {
        if (cause instanceof CannotListenException) {
            return CANNOT_LISTEN;
        }
        return cause instanceof BadCertificateException ? USAGE : FAILED;
    }

    private static String onPort(OptionalInt port) {
        return port.isPresent() ? "on port " + port.getAsInt() : "off";
    }

    /** Ports that are off by default are named only where they are on. */
    private static String alsoOn(String what, OptionalInt port) {
        return port.isPresent() ? ", " + what + " on port " + port.getAsInt() : "";
    }

    /** Runs when the process is told to end, and decides its exit code: to be told is no failure. */
    private static void stop(EchoServer server, EchoConfig config) {
        say("stopping: not ready, draining after " + config.drainDelay().toMillis() + " ms");
        Duration patience = config.drainDelay().plus(config.drainTimeout()).plus(CLOSING_TIME);
        int code = 0;
        try {
            server.stop().toCompletionStage().toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            say("stopped");
        } catch (ExecutionException | TimeoutException e) {
            say("did not stop in order: " + e);
            code = FAILED;
        } catch (InterruptedException e) {
            code = FAILED;
        }
        // after a signal the JVM would end with 143
        Runtime.getRuntime().halt(code);
    }

    private static void printHelp(PrintStream out, String command) {
        out.println("Usage: " + command + " [--flag value]...");
        out.println("Echoes every HTTP request as one line of text. Flags win over environment variables.");
        out.println();
        for (Setting setting : Setting.values()) {
            String initially = setting.defaultValue();
            out.printf(
                    "  %-22s %-29s %s: %s%s%n",
                    setting.flag(),
                    setting.variable(),
                    setting.meaning(),
                    setting.takes(),
                    initially.isEmpty() ? "" : " (" + initially + ")");
        }
    }

    private static void say(String line) {
        System.err.println("kube-echo: " + line);
    }
}
