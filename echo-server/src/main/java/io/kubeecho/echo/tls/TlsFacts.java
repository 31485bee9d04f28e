package io.kubeecho.echo.tls;

import java.util.Optional;

/**
 * What a client and this server have agreed on.
 *
 * @param version such as {@code TLSv1.3}
 * @param cipher the suite by its name in the registry of IANA, such as {@code TLS_AES_128_GCM_SHA256}
 * @param serverName the host name that the client asked for (SNI, RFC 6066 section 3)
 * @param applicationProtocol what was chosen of the client's list (ALPN, RFC 7301), such as {@code http/1.1}; empty
 *     where it sent none
 */
public record TlsFacts(
        String version, String cipher, Optional<String> serverName, Optional<String> applicationProtocol) {}
