package io.kubeecho.echo.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A first reader of ordinary requests, to be replaced by one that keeps nginx's rules. */
public final class SimpleConnection extends ChannelInboundHandlerAdapter {

    private final String hostname;
    private final StringBuilder pending = new StringBuilder();

    public SimpleConnection(String hostname) {
        this.hostname = hostname;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf buf = (ByteBuf) msg;
        try {
            pending.append(buf.toString(StandardCharsets.ISO_8859_1));
        } finally {
            buf.release();
        }
        int end;
        while ((end = pending.indexOf("\r\n\r\n")) >= 0) {
            String[] lines = pending.substring(0, end).split("\r\n", -1);
            pending.delete(0, end + 4);
            answer(ctx, lines);
        }
    }

    private void answer(ChannelHandlerContext ctx, String[] lines) {
        String host = "_";
        String xff = "";
        boolean close = false;
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            String name = lines[i].substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT);
            String value = lines[i].substring(colon + 1).strip();
            switch (name) {
                case "host" -> host = value.replaceAll(":\\d+$", "").toLowerCase(Locale.ROOT);
                case "x-forwarded-for" -> xff = xff.isEmpty() ? value : xff + ", " + value;
                case "connection" -> close = value.equalsIgnoreCase("close");
                default -> {}
            }
        }
        String client =
                ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress().getHostAddress();
        String path = lines[0].split(" ", -1)[1];
        String body = "Host=" + host + "  Path=" + path + "  From=" + hostname + "  ClientIP=" + client + "  XFF=" + xff
                + "\n";
        String head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " + body.length()
                + (close ? "\r\nConnection: close" : "") + "\r\n\r\n";
        var sent = ctx.writeAndFlush(Unpooled.copiedBuffer(head + body, StandardCharsets.ISO_8859_1));
        if (close) {
            sent.addListener(io.netty.channel.ChannelFutureListener.CLOSE);
        }
    }
}
