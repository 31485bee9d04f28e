package io.kubeecho.load.connection;

import io.kubeecho.load.address.Target;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is sent again and again: made once, for both ways to end it.
 *
 * @param target whom it asks
 * @param method such as GET
 * @param headers in order, besides Host, which is made unless it is among them; as {@link SentHeaders} has them
 * @param body empty for none
 * @param http1 the whole of it
 */
public record Request(Target target, String method, List<Map.Entry<String, String>> headers, Buffer body, Http1 http1) {

    /** The request as HTTP/1.1 bytes, in direct memory that is never released. */
    public record Http1(ByteBuf keepAlive, ByteBuf close) {}

    public static Request of(Target target, String method, List<Map.Entry<String, String>> headers, Buffer body) {
        Http1 bytes = new Http1(
                bytes(target, method, headers, body, ""),
                bytes(target, method, headers, body, "Connection: close\r\n"));
        return new Request(target, method, List.copyOf(headers), body, bytes);
    }

    private static ByteBuf bytes(
            Target target, String method, List<Map.Entry<String, String>> headers, Buffer body, String ending) {
        byte[] content = body.getBytes();
        StringBuilder head = new StringBuilder();
        head.append(method).append(' ').append(target.path()).append(" HTTP/1.1\r\n");
        if (!has(headers, "host")) {
            head.append("Host: ").append(target.authority()).append("\r\n");
        }
        headers.forEach(
                h -> head.append(h.getKey()).append(": ").append(h.getValue()).append("\r\n"));
        if (content.length > 0) {
            head.append("Content-Length: ").append(content.length).append("\r\n");
        }
        head.append(ending).append("\r\n");
        byte[] text = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        ByteBuf direct = Unpooled.directBuffer(text.length + content.length);
        direct.writeBytes(text).writeBytes(content);
        return Unpooled.unreleasableBuffer(direct);
    }

    private static boolean has(List<Map.Entry<String, String>> headers, String name) {
        return headers.stream()
                .anyMatch(h -> h.getKey().toLowerCase(Locale.ROOT).equals(name));
    }
}
