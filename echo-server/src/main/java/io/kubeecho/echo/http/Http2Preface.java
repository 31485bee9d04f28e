package io.kubeecho.echo.http;

import io.netty.channel.Channel;
import java.util.Optional;

/** A connection begins as one of HTTP/2 does, without having been asked first (RFC 9113 section 3.3). */
public final class Http2Preface implements Preface {

    @Override
    public boolean begin(EchoLoop loop, Channel channel) {
        Http2EchoConnection.open(loop, channel, Optional.empty());
        return true;
    }
}
