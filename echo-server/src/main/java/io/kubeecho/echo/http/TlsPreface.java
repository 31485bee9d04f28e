package io.kubeecho.echo.http;

import io.kubeecho.echo.budget.Holding;
import io.kubeecho.echo.tls.TlsHandshake;
import io.kubeecho.echo.tls.TlsTraffic;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A connection begins with the handshake of TLS. */
public final class TlsPreface implements Preface {

    /**
     * In bytes: the JDK's engine with its handshake and its buffers, and a record that has come in part. An estimate,
     * rounded up.
     */
    static final int COST = 40 << 10;

    private static final String HTTP_2 = "h2";

    /** What clients may choose from (ALPN, RFC 7301 section 6), the preferred one first. */
    public static final List<String> PROTOCOLS = List.of(HTTP_2, "http/1.1", "http/1.0");

    private final Supplier<SslContext> context;
    private final Duration timeout;
    private final TlsTraffic traffic;

    /**
     * @param context asked for each connection, since certificates are renewed
     * @param timeout how long the handshake may take; {@link ConnectionLimits#head()}, as in nginx
     */
    public TlsPreface(Supplier<SslContext> context, Duration timeout, TlsTraffic traffic) {
        this.context = context;
        this.timeout = timeout;
        this.traffic = traffic;
    }

    @Override
    public boolean begin(EchoLoop loop, Channel channel) {
        if (!loop.budget().take(Holding.TLS, COST)) {
            return false;
        }
        channel.closeFuture().addListener(closed -> loop.budget().release(Holding.TLS, COST));
        loop.awaitPreface(channel);
        TlsHandshake.await(channel, context.get(), timeout, traffic, loop.mishaps(), tls -> {
            if (tls.speaks(HTTP_2)) {
                Http2EchoConnection.open(loop, channel, Optional.of(tls));
            } else {
                channel.pipeline().addLast(new EchoConnection(loop, channel, Optional.empty(), Optional.of(tls)));
            }
            loop.awaitPrefaceNoMore(channel);
        });
        return true;
    }
}
