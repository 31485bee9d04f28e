package io.kubeecho.echo.log;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * What the process has to say beside its access log, as nginx's {@code error_log}. For any thread.
 *
 * <p>A problem is one line of at most {@link #LONGEST_LINE} characters of printable ASCII, and of each kind of problem
 * there is one line in an {@link #INTERVAL}, with how many were withheld since the one before: whoever can bring an
 * exception about, by whatever sends it, fills no disk by it. All of them are {@linkplain #problems() counted}.
 */
public final class ErrorLog {

    static final int LONGEST_LINE = 300;

    /** How often a kind is said. */
    static final Duration INTERVAL = Duration.ofMinutes(1);

    /** Kinds that are told apart; whatever comes on top of them is one kind more. */
    static final int MOST_KINDS = 64;

    private static final String EVERYTHING_ELSE = "everything else";

    private final Consumer<String> lines;
    private final LongSupplier nanoClock;
    private final LongAdder problems = new LongAdder();
    /** Guarded by itself. */
    private final Map<String, Kind> kinds = new HashMap<>();

    /** @param lines takes each line, without its end, by any thread */
    public ErrorLog(Consumer<String> lines) {
        this(lines, System::nanoTime);
    }

    ErrorLog(Consumer<String> lines, LongSupplier nanoClock) {
        this.lines = lines;
        this.nanoClock = nanoClock;
    }

    /** Says what the operator is to know each time, and what no client can bring about. */
    public void say(String notice) {
        lines.accept(notice);
    }

    /**
     * Says that something went wrong, or counts it where that kind was said a short while ago.
     *
     * @param kind what is limited and counted together; there are few
     * @param text of any origin
     */
    public void problem(String kind, String text) {
        problems.increment();
        long withheld = withheldBefore(kind);
        if (withheld >= 0) {
            String more = withheld == 0 ? "" : " (and " + withheld + " more like it since the line before)";
            lines.accept(LogText.printable(text, LONGEST_LINE - more.length()) + more);
        }
    }

    /**
     * As {@link #problem(String, String)}, for what was thrown.
     *
     * @param where it was noticed, such as the name of a class
     */
    public void problem(String where, String message, Throwable thrown) {
        StackTraceElement[] trace = thrown.getStackTrace();
        String at = trace.length == 0 ? "" : " at " + trace[0];
        problem(where + ' ' + thrown.getClass().getName(), thrown + at + ", in " + where + ": " + message);
    }

    /** How many problems there were, said or not. */
    public long problems() {
        return problems.sum();
    }

    /** For what libraries log by {@code java.util.logging}, as Netty and Vert.x do: theirs are problems like others. */
    public Handler handler() {
        return new Handler() {
            @Override
            public void publish(@Nullable LogRecord entry) {
                if (entry == null || !isLoggable(entry)) {
                    return;
                }
                String where = String.valueOf(entry.getLoggerName());
                String message = String.valueOf(entry.getMessage());
                Throwable thrown = entry.getThrown();
                if (thrown == null) {
                    problem(where + ' ' + entry.getLevel(), where + ": " + message);
                } else {
                    problem(where, message, thrown);
                }
            }

            @Override
            public void flush() {
                // nothing is kept
            }

            @Override
            public void close() {
                // there is nothing to close
            }
        };
    }

    /** How many of a kind were withheld before this one, which is to be said; below zero if it is not. */
    private long withheldBefore(String kind) {
        long now = nanoClock.getAsLong();
        synchronized (kinds) {
            Kind known = kinds.get(kind);
            if (known == null) {
                String name = kinds.size() < MOST_KINDS ? kind : EVERYTHING_ELSE;
                known = kinds.computeIfAbsent(name, k -> new Kind(now - INTERVAL.toNanos()));
            }
            if (now - known.saidAt < INTERVAL.toNanos()) {
                known.withheld++;
                return -1;
            }
            long withheld = known.withheld;
            known.withheld = 0;
            known.saidAt = now;
            return withheld;
        }
    }

    private static final class Kind {
        private long saidAt;
        private long withheld;

        Kind(long saidAt) {
            this.saidAt = saidAt;
        }
    }
}
