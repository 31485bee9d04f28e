package io.kubeecho.echo.certificate;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/**
 * The certificate that new connections are shown: that of the files as they were when they were last found sound.
 *
 * <p>For any thread; {@link #renew} for one at a time.
 */
public final class ServedCertificate implements Supplier<SslContext> {

    private final CertificateFiles files;
    private final List<String> protocols;
    private CertificateFiles.Content seen;
    private Optional<CertificateFiles.Content> broken = Optional.empty();
    private String complaint = "";
    private volatile Current current;

    private record Current(SslContext context, Instant notAfter) {}

    private ServedCertificate(
            CertificateFiles files, List<String> protocols, CertificateFiles.Content seen, Current current) {
        this.files = files;
        this.protocols = protocols;
        this.seen = seen;
        this.current = current;
    }

    /**
     * Reads the files; takes a moment, so not for an event loop.
     *
     * @param chain PEM, the server's own certificate first
     * @param key PEM
     * @param protocols that a client may choose from (ALPN), the preferred one first
     * @throws BadCertificateException if they cannot be used
     */
    public static ServedCertificate read(Path chain, Path key, List<String> protocols) throws BadCertificateException {
        CertificateFiles files = new CertificateFiles(chain, key);
        CertificateFiles.Content content = files.content();
        return new ServedCertificate(files, protocols, content, current(files, content, protocols));
    }

    /** What TLS is set to for a new connection. */
    @Override
    public SslContext get() {
        return current.context();
    }

    /** Until when the certificate is valid. */
    public Instant notAfter() {
        return current.notAfter();
    }

    /**
     * Looks at the files, and takes what is new in them; not for an event loop.
     *
     * <p>Content is looked at rather than times: a Secret's volume is renewed by another target of a symbolic link.
     *
     * @return one line for the operator where something came of it
     */
    public Optional<String> renew() {
        CertificateFiles.Content content;
        try {
            content = files.content();
        } catch (BadCertificateException e) {
            return complainOnce(String.valueOf(e.getMessage()));
        }
        if (content.isSameAs(seen)) {
            broken = Optional.empty();
            complaint = "";
            return Optional.empty();
        }
        try {
            current = current(files, content, protocols);
        } catch (BadCertificateException e) {
            boolean again = broken.isPresent() && broken.get().isSameAs(content);
            broken = Optional.of(content);
            // the first time one file may have been read before both were changed, and the other one after it
            return again ? complainOnce(String.valueOf(e.getMessage())) : Optional.empty();
        }
        seen = content;
        broken = Optional.empty();
        complaint = "";
        return Optional.of("the certificate in " + files.chain() + " is new, valid until " + notAfter());
    }

    private Optional<String> complainOnce(String problem) {
        if (problem.equals(complaint)) {
            return Optional.empty();
        }
        complaint = problem;
        return Optional.of("keeping the certificate as it was: " + problem);
    }

    private static Current current(CertificateFiles files, CertificateFiles.Content content, List<String> protocols)
            throws BadCertificateException {
        CertificateFiles.Pair pair = files.pair(content);
        try {
            SslContext context = SslContextBuilder.forServer(pair.key(), pair.chain())
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    // forward secrecy and AEAD only, without what RFC 9113 appendix A prohibits
                    .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    // who offers only what is not spoken here is told so (RFC 7301 section 3.2)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.FATAL_ALERT,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.FATAL_ALERT,
                            protocols))
                    .build();
            return new Current(context, pair.chain()[0].getNotAfter().toInstant());
        } catch (SSLException | IllegalArgumentException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new BadCertificateException(files.chain() + " cannot be served: " + root.getMessage(), e);
        }
    }
}
