package io.kubeecho.echo.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class ErrorLogTest {

    private final List<String> lines = new ArrayList<>();
    private final AtomicLong now = new AtomicLong(-5);
    private final ErrorLog log = new ErrorLog(lines::add, now::get);

    @Test
    void aKindIsSaidOnceInAnIntervalWithTheCountOfTheOthers() {
        for (int i = 0; i < 1000; i++) {
            log.problem("slow", "slow " + i);
        }
        log.problem("fast", "fast");
        now.addAndGet(ErrorLog.INTERVAL.toNanos());
        log.problem("slow", "slow again");

        assertThat(lines).containsExactly("slow 0", "fast", "slow again (and 999 more like it since the line before)");
        assertThat(log.problems()).isEqualTo(1002);
    }

    /** A trace such as that of the setting of a socket that is gone was 2.9 KB for each connection. */
    @Test
    void whatALibraryLogsIsOneShortLineAndNoTrace() {
        Logger netty = Logger.getAnonymousLogger();
        netty.setUseParentHandlers(false);
        netty.addHandler(log.handler());
        for (int i = 0; i < 100; i++) {
            LogRecord entry = new LogRecord(Level.WARNING, "reached the tail of the pipeline. ".repeat(20));
            entry.setLoggerName("io.netty.channel.DefaultChannelPipeline");
            entry.setThrown(new IllegalStateException("path \u001b[31m\r\nkube-echo: forged \u2028\u0085\ud800"));
            netty.log(entry);
        }

        assertThat(lines).hasSize(1);
        assertThat(lines.get(0))
                .hasSizeLessThanOrEqualTo(ErrorLog.LONGEST_LINE)
                .startsWith("java.lang.IllegalStateException: path \\u001B[31m\\u000D\\u000Akube-echo: forged"
                        + " \\u2028\\u0085\\uD800 at io.kubeecho.echo.log.ErrorLogTest.")
                .matches("[ -~]*");
        assertThat(log.problems()).isEqualTo(100);
    }

    @Test
    void kindsAreFew() {
        for (int i = 0; i < 10_000; i++) {
            log.problem("kind " + i, "text");
        }
        assertThat(lines).hasSize(ErrorLog.MOST_KINDS + 1);
        assertThat(log.problems()).isEqualTo(10_000);
    }

    @Test
    void textIsCutWhereItIsLong() {
        assertThat(LogText.printable("a".repeat(400), 300)).hasSize(300).endsWith("a...");
        assertThat(LogText.printable("\u0007".repeat(400), 300))
                .hasSizeLessThanOrEqualTo(300)
                .endsWith("\\u0007...");
        assertThat(LogText.printable("a\\b", 20)).isEqualTo("a\\u005Cb");
    }
}
