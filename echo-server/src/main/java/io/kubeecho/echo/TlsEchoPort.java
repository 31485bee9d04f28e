package io.kubeecho.echo;

import io.kubeecho.echo.certificate.ServedCertificate;
import io.kubeecho.echo.http.ConnectionLimits;
import io.kubeecho.echo.http.EchoPort;
import io.kubeecho.echo.http.Preface;
import io.kubeecho.echo.http.TlsPreface;
import io.kubeecho.echo.ops.EchoMetrics;
import io.kubeecho.echo.tls.TlsTraffic;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;

/** The echo port with TLS, and the watch over its certificate's files. */
final class TlsEchoPort {

    /** The kubelet takes up to a minute to bring a new Secret into a volume, so this hardly adds to it. */
    private static final long LOOK_EVERY_MILLIS = 2000;

    private final Vertx vertx;
    private final ServedCertificate certificate;
    private final EchoPort echo;
    private final TlsTraffic traffic;
    private final long looking;

    private TlsEchoPort(
            Vertx vertx, ServedCertificate certificate, EchoPort echo, TlsTraffic traffic, Consumer<String> notices) {
        this.vertx = vertx;
        this.certificate = certificate;
        this.echo = echo;
        this.traffic = traffic;
        looking = vertx.setPeriodic(
                LOOK_EVERY_MILLIS,
                timer -> vertx.executeBlocking(certificate::renew).onSuccess(news -> news.ifPresent(notices)));
    }

    /**
     * Opens the port.
     *
     * @param settings all of which are set
     * @param notices is told of renewals in one line each
     * @param opening opens an echo port whose connections begin so
     * @return fails with a {@link io.kubeecho.echo.certificate.BadCertificateException} if the files cannot be used
     */
    static Future<TlsEchoPort> open(
            Vertx vertx,
            TlsSettings settings,
            ConnectionLimits limits,
            Consumer<String> notices,
            Function<Preface, Future<EchoPort>> opening) {
        return vertx.executeBlocking(() -> ServedCertificate.read(
                        Path.of(settings.certificate()), Path.of(settings.key()), TlsPreface.PROTOCOLS))
                .compose(certificate -> {
                    TlsTraffic traffic = new TlsTraffic();
                    return opening.apply(new TlsPreface(certificate, limits.head(), traffic))
                            .map(echo -> new TlsEchoPort(vertx, certificate, echo, traffic, notices));
                });
    }

    EchoPort echo() {
        return echo;
    }

    TlsTraffic traffic() {
        return traffic;
    }

    void addTo(EchoMetrics metrics) {
        metrics.addTlsPort(echo.traffic(), traffic, () -> certificate.notAfter().getEpochSecond());
    }

    /** Looks at the files no longer. */
    void renewNoMore() {
        vertx.cancelTimer(looking);
    }
}
