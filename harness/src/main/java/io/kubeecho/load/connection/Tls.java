package io.kubeecho.load.connection;

import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.Optional;

/**
 * How certificates are checked.
 *
 * @param trustAll any certificate for any name will do
 * @param caFile PEM certificates to trust instead of the JVM's
 */
public record Tls(boolean trustAll, Optional<String> caFile) {

    ClientSSLOptions options(boolean http2) {
        ClientSSLOptions options = new ClientSSLOptions()
                .setTrustAll(trustAll)
                .setHostnameVerificationAlgorithm(trustAll ? "" : "HTTPS")
                .setUseAlpn(http2);
        caFile.ifPresent(file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file)));
        return options;
    }
}
