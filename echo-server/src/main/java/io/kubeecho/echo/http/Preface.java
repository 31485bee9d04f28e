package io.kubeecho.echo.http;

import io.netty.channel.Channel;

/**
 * What a connection has to begin with before its first request, by the port that it came to.
 *
 * <p>Each kind is a class of its own, so that what a server does not need is not even loaded.
 */
public interface Preface {

    /**
     * Takes a new connection, whose channel is registered with the loop's event loop afterwards.
     *
     * @return whether it was taken; it is not where the memory budget has no room for it
     */
    boolean begin(EchoLoop loop, Channel channel);
}
