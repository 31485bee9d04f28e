package io.kubeecho.load.connection;

import io.kubeecho.load.address.Target;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2ClientConfig;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConfig;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens connections through Vert.x's HttpClient, un-pooled, so that it is known which connection an answer came on. For
 * one event loop.
 */
public final class HttpClientConnector implements Connector {

    private final Vertx vertx;
    private final HttpVersion version;
    private final Duration connectTimeout;
    private final Tls tls;
    private final Optional<String> identityHeader;
    /** Vert.x takes the local address per client. Checks before a load connect from several threads. */
    private final Map<String, HttpClientAgent> agentBySource = new ConcurrentHashMap<>();

    /**
     * @param version HTTP/2 goes by ALPN over TLS and with prior knowledge in the clear
     * @param identityHeader the lower-case name of the header that names the pod, if one does
     */
    public HttpClientConnector(
            Vertx vertx, HttpVersion version, Duration connectTimeout, Tls tls, Optional<String> identityHeader) {
        this.vertx = vertx;
        this.version = version;
        this.connectTimeout = connectTimeout;
        this.tls = tls;
        this.identityHeader = identityHeader;
    }

    @Override
    public void connect(Target target, String source, ConnectionEvents events) {
        HttpConnectOptions to = new HttpConnectOptions()
                .setProtocolVersion(version)
                .setServer(SocketAddress.inetSocketAddress(target.port(), target.address()))
                .setHost(target.host())
                .setPort(target.port())
                .setSsl(target.tls());
        if (target.tls()) {
            to.setSslOptions(tls.options(version == HttpVersion.HTTP_2));
        }
        agentBySource
                .computeIfAbsent(source, this::agent)
                .connect(to)
                .onComplete(
                        opened -> opened(opened, events),
                        failure -> events.notConnected(Failures.connecting(failure), Failures.describe(failure)));
    }

    private void opened(HttpClientConnection opened, ConnectionEvents events) {
        if (opened.protocolVersion() != version) {
            opened.close();
            events.notConnected(ErrorKind.TLS, "the target does not speak " + version.alpnName());
            return;
        }
        events.connected(HttpClientExchanges.on(opened, identityHeader, events));
    }

    private HttpClientAgent agent(String source) {
        HttpClientConfig config = new HttpClientConfig().setVersions(version).setConnectTimeout(connectTimeout);
        if (version == HttpVersion.HTTP_2) {
            config.setHttp2Config(new Http2ClientConfig().setClearTextUpgrade(false));
        }
        // Vert.x 5.2 drops the local address and the connect timeout of the older HttpClientOptions
        if (!source.isEmpty()) {
            config.getTcpConfig().setLocalAddress(SocketAddress.inetSocketAddress(0, source));
        }
        return vertx.createHttpClient(config);
    }
}
