package io.kubeecho.echo.http;

import io.netty.channel.Channel;
import java.util.Optional;

/** A connection begins with its first request. */
public final class NoPreface implements Preface {

    @Override
    public boolean begin(EchoLoop loop, Channel channel) {
        channel.pipeline().addLast(new EchoConnection(loop, channel, Optional.empty(), Optional.empty()));
        return true;
    }
}
