package io.kubeecho.load.report;

import java.util.Locale;

/** Numbers as people read them, in few characters. */
public final class Words {

    private Words() {}

    /** A time with three digits: {@code 950 ns}, {@code 12.3 µs}, {@code 4.56 ms}, {@code 1.20 s}. */
    public static String time(long nanos) {
        if (nanos < 1e3) {
            return nanos <= 0 ? "0" : nanos + " ns";
        }
        if (nanos < 999_500) {
            return digits(nanos / 1e3) + " µs";
        }
        if (nanos < 999.5e6) {
            return digits(nanos / 1e6) + " ms";
        }
        return digits(nanos / 1e9) + " s";
    }

    /** A count with its thousands apart: {@code 12,345}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** A rate: {@code 9,998/s}, {@code 2.5/s}. */
    public static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond < 100 ? "%,.1f/s" : "%,.0f/s", perSecond);
    }

    /** A share: {@code 33.3 %}. */
    public static String percent(double share) {
        double percent = share * 100;
        if (percent > 0 && percent < 0.05) {
            return String.format(Locale.ROOT, "%.3f %%", percent);
        }
        return String.format(Locale.ROOT, "%.1f %%", percent);
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value);
    }
}
