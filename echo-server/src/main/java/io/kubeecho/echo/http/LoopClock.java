package io.kubeecho.echo.http;

import io.kubeecho.echo.bytes.ByteSink;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The time of day as texts, made once a second and only while there are requests. */
final class LoopClock {

    /** The Date of RFC 9110 section 5.6.7, always of this length. */
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);

    /** nginx's {@code $time_local}. */
    private static final DateTimeFormatter LOG_TIME = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.US);

    private final ZoneId zone = ZoneId.systemDefault();
    private long nextSecond;
    private byte[] httpDate = {};
    private byte[] logTime = {};

    LoopClock(long nanoTime) {
        set(nanoTime);
    }

    /** Looks whether another second has begun at {@code nanoTime}, of {@link System#nanoTime()}. */
    boolean ticks(long nanoTime) {
        if (nanoTime - nextSecond < 0) {
            return false;
        }
        set(nanoTime);
        return true;
    }

    byte[] httpDate() {
        return httpDate;
    }

    byte[] logTime() {
        return logTime;
    }

    private void set(long nanoTime) {
        Instant now = Instant.now();
        httpDate = ByteSink.ascii(HTTP_DATE.format(ZonedDateTime.ofInstant(now, ZoneOffset.UTC)));
        logTime = ByteSink.ascii(LOG_TIME.format(ZonedDateTime.ofInstant(now, zone)));
        nextSecond = nanoTime + TimeUnit.SECONDS.toNanos(1) - now.get(ChronoField.NANO_OF_SECOND);
    }
}
