package io.kubeecho.echo.tls;

import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;
import org.jspecify.annotations.Nullable;

/**
 * The host name that the client of one connection asks for, any of which is served with the same certificate.
 *
 * <p>It is heard in the handshake, since the session may be one that another connection has begun.
 */
final class RequestedName extends SNIMatcher {

    private @Nullable String name;

    private RequestedName() {
        super(StandardConstants.SNI_HOST_NAME);
    }

    /** Listens for the name in a handshake that has not begun. */
    static RequestedName of(SSLEngine engine) {
        RequestedName listening = new RequestedName();
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setSNIMatchers(java.util.List.of(listening));
        engine.setSSLParameters(parameters);
        return listening;
    }

    @Override
    public boolean matches(SNIServerName requested) {
        // the JDK makes it of the bytes that were sent, and refuses those that are no name
        name = requested instanceof SNIHostName host
                ? host.getAsciiName()
                : new SNIHostName(requested.getEncoded()).getAsciiName();
        return true;
    }

    /** Empty where the client has asked for none. */
    Optional<String> get() {
        return Optional.ofNullable(name);
    }
}
