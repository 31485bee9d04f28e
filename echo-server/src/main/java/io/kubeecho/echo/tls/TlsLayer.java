package io.kubeecho.echo.tls;

import io.netty.channel.ChannelFuture;
import io.netty.handler.ssl.SslHandler;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The TLS of one connection, once its handshake is done. For its event loop. */
public final class TlsLayer {

    private final SslHandler handler;
    private final RequestedName requestedName;
    private @Nullable TlsFacts facts;

    TlsLayer(SslHandler handler, RequestedName requestedName) {
        this.handler = handler;
        this.requestedName = requestedName;
    }

    /** What was agreed on. */
    public TlsFacts facts() {
        TlsFacts known = facts;
        if (known == null) {
            SSLSession session = handler.engine().getSession();
            known = new TlsFacts(
                    session.getProtocol(),
                    session.getCipherSuite(),
                    requestedName.get(),
                    Optional.ofNullable(handler.applicationProtocol()));
            facts = known;
        }
        return known;
    }

    /** Whether this protocol was chosen by ALPN. */
    public boolean speaks(String protocol) {
        return protocol.equals(handler.applicationProtocol());
    }

    /**
     * Says that nothing more will be sent (close_notify), without which the client could not tell the end of an answer
     * from a connection that was cut (RFC 8446 section 6.1).
     */
    public ChannelFuture endOutput() {
        return handler.closeOutbound();
    }
}
