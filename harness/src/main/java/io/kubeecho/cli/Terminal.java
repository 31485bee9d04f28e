package io.kubeecho.cli;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The terminal that somebody watches.
 *
 * @param columns of it, when the load began
 * @param rows of it
 */
record Terminal(int columns, int rows) {

    /** To a screen of its own, without a cursor. */
    static final String ENTER = "\u001b[?1049h\u001b[?25l\u001b[H";

    /** Back to what was there before. */
    static final String LEAVE = "\u001b[?1049l\u001b[?25h";

    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";

    /** Whether the standard output is one. */
    @SuppressWarnings("SystemConsoleNull") // it is null on 17 to 21, and asked on later ones
    static boolean isThere() {
        Console console = System.console();
        if (console == null || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            // from Java 22 on there is always a console, which says itself whether it is a terminal
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }

    /** Its size, or 80 by 24 where it does not say. */
    static Terminal ofThisProcess() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .start();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ", 2);
            stty.waitFor(1, TimeUnit.SECONDS);
            int rows = Integer.parseInt(size[0]);
            int columns = Integer.parseInt(size[1]);
            if (rows >= 10 && columns >= 40) {
                return new Terminal(Math.min(columns, 120), Math.min(rows, 50));
            }
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            // the size that every terminal has
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new Terminal(80, 24);
    }

    /** What to print for these lines to stand on the screen. */
    String picture(List<String> lines) {
        return HOME + String.join(CLEAR_LINE + "\r\n", lines) + CLEAR_LINE + CLEAR_BELOW;
    }
}
