package io.kubeecho.hostile.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamFrame;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One request on a stream of HTTP/2. */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a write or a close shows in the connection
final class Http2Exchange extends SimpleChannelInboundHandler<Http2StreamFrame> {

    private static final String NOT_SHOWN = "date";

    private final GoodClient client;
    private final Ask ask;
    private final String line;
    private final StringBuilder body = new StringBuilder();
    private @Nullable Http2Headers head;
    private boolean done;

    /** @param line what it has to get */
    Http2Exchange(GoodClient client, Ask ask, String line) {
        this.client = client;
        this.ask = ask;
        this.line = line;
    }

    /** Sends it. */
    @Override
    public void channelActive(ChannelHandlerContext context) {
        Http2Headers request = new DefaultHttp2Headers()
                .method("GET")
                .scheme("http")
                .authority(Ask.host())
                .path(ask.path())
                .add("x-forwarded-for", ask.forwardedFor());
        context.writeAndFlush(new DefaultHttp2HeadersFrame(request, true)).addListener(sent -> {
            if (!sent.isSuccess()) {
                lose();
            }
        });
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Http2StreamFrame frame) {
        if (frame instanceof Http2HeadersFrame headers) {
            head = headers.headers();
            if (headers.isEndStream()) {
                end();
            }
        } else if (frame instanceof Http2DataFrame data) {
            body.append(data.content().toString(StandardCharsets.ISO_8859_1));
            if (!line.startsWith(body.toString()) && !isRefusal()) {
                judge();
            } else if (data.isEndStream()) {
                end();
            }
        } else if (frame instanceof Http2ResetFrame) {
            lose();
        }
    }

    private void end() {
        if (!done) {
            judge();
        }
    }

    private boolean isRefusal() {
        return head != null && "503".contentEquals(head.status()) && body.indexOf("Path=") < 0;
    }

    private void judge() {
        if (done) {
            return;
        }
        done = true;
        if (isRefusal()) {
            client.refused(ask);
        } else if (body.toString().equals(line) && hasFields()) {
            client.answered(ask);
        } else {
            client.wrong(ask, "for " + ask.shortly() + ": " + head + " " + Http1Answer.shown(body.toString()));
        }
    }

    private boolean hasFields() {
        Map<String, String> fields = new TreeMap<>();
        if (head != null) {
            head.forEach(field ->
                    fields.put(field.getKey().toString(), field.getValue().toString()));
        }
        fields.remove(NOT_SHOWN);
        return fields.equals(Map.of(
                ":status",
                "200",
                "server",
                "kube-echo",
                "content-type",
                "text/plain; charset=utf-8",
                "x-content-type-options",
                "nosniff",
                "content-length",
                String.valueOf(line.length())));
    }

    private void lose() {
        if (!done) {
            done = true;
            client.lost(ask);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        lose();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
