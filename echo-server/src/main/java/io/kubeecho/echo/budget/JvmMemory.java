package io.kubeecho.echo.budget;

/**
 * What the JVM may use, and how much of it connections can hold.
 *
 * @param heap in bytes, {@code -Xmx}
 * @param direct in bytes, {@code -XX:MaxDirectMemorySize}
 */
public record JvmMemory(long heap, long direct) {

    /** This process' own. */
    public static JvmMemory ofThisProcess() {
        return new JvmMemory(
                Runtime.getRuntime().maxMemory(), io.netty.util.internal.PlatformDependent.estimateMaxDirectMemory());
    }

    /**
     * The most that connections can hold: three eighths of the heap, since two thirds of it are for what lives long and
     * the server itself lives there too; and no more than five eighths of the direct memory, of which what is taken in
     * chunks can never all be used.
     */
    public long mostForConnections() {
        return Math.min(heap / 8 * 3, direct / 8 * 5);
    }
}
