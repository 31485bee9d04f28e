package io.kubeecho.echo.http;

import io.kubeecho.echo.proxy.ProxyHeaderReader;
import io.kubeecho.echo.proxy.ProxyTraffic;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.Optional;

/** A connection begins with a header of the PROXY protocol: the client is then the one that the header names. */
public final class ProxyPreface implements Preface {

    private final Duration timeout;
    private final ProxyTraffic traffic;

    /** @param timeout how long the header may take; {@link ConnectionLimits#head()}, as in nginx */
    public ProxyPreface(Duration timeout, ProxyTraffic traffic) {
        this.timeout = timeout;
        this.traffic = traffic;
    }

    @Override
    public boolean begin(EchoLoop loop, Channel channel) {
        loop.awaitPreface(channel);
        ProxyHeaderReader.await(channel.pipeline(), timeout, traffic, loop.mishaps(), header -> {
            channel.pipeline().addLast(new EchoConnection(loop, channel, Optional.of(header), Optional.empty()));
            loop.awaitPrefaceNoMore(channel);
        });
        return true;
    }
}
