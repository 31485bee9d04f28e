package io.kubeecho.load.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of several generators that make one load together. Whatever is counted out, such as sends or source addresses, is
 * dealt to them in turn: shard i of n has number i, i + n, i + 2n and so on, so that together they have each exactly once.
 *
 * @param index from 0 to {@code count} - 1
 * @param count how many there are, from 1 to {@link #MOST}
 */
public record Shard(int index, int count) {

    /** More generators than this are taken for a slip: each of them computes the whole of a random schedule. */
    public static final int MOST = 1_000;

    /** The only one there is. */
    public static final Shard WHOLE = new Shard(0, 1);

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})/(\\d{1,9})");

    public Shard {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("a load is made by 1 to " + MOST + " shards, not by " + count);
        }
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException("there is no shard " + (index + 1) + " of " + count);
        }
    }

    /**
     * Reads {@code 2/3}, the second of three.
     *
     * @throws IllegalArgumentException if it is not that, or there is no such shard
     */
    public static Shard of(String text) {
        Matcher m = TEXT.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a shard such as 2/3, the second of three");
        }
        return new Shard(Integer.parseInt(m.group(1)) - 1, Integer.parseInt(m.group(2)));
    }

    /** Whether there is no other. */
    public boolean isWhole() {
        return count == 1;
    }

    /** From 1, as people count. */
    public int number() {
        return index + 1;
    }

    /** As it is read. */
    public String text() {
        return number() + "/" + count;
    }

    /** How many of so many things are this shard's; 0 or more. */
    public long of(long things) {
        return things / count + (index < things % count ? 1 : 0);
    }

    /** The things that are this shard's, in their order. */
    public <T> List<T> of(List<T> things) {
        List<T> own = new ArrayList<>();
        for (int i = index; i < things.size(); i += count) {
            own.add(things.get(i));
        }
        return own;
    }
}
