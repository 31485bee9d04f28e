package io.kubeecho.echo.ops;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.Locale;
import java.util.Optional;

/** Who may switch the server's behaviour through its management port. Whoever may not gets a 403 that says why. */
public enum SwitchAccess {
    /** Nobody. */
    OFF {
        @Override
        boolean allows(SocketAddress peer) {
            return false;
        }
    },
    /**
     * Whoever connects from 127.0.0.1 or ::1, as {@code kubectl port-forward} does from within the pod. The sidecar of
     * a service mesh may do so too, for anybody. Other addresses of the loopback network, such as Istio's 127.0.0.6,
     * are such sidecars' and are not taken.
     */
    LOOPBACK {
        @Override
        boolean allows(SocketAddress peer) {
            String address = peer.hostAddress();
            return address != null
                    && (address.equals("127.0.0.1") || address.equals("0:0:0:0:0:0:0:1") || address.equals("::1"));
        }
    },
    /** Whoever reaches the port. */
    ANYONE {
        @Override
        boolean allows(SocketAddress peer) {
            return true;
        }
    };

    abstract boolean allows(SocketAddress peer);

    /** As settings have it: {@code off}, {@code loopback} or {@code anyone}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one with this {@link #text()}. */
    public static Optional<SwitchAccess> of(String text) {
        for (SwitchAccess access : values()) {
            if (access.text().equals(text)) {
                return Optional.of(access);
            }
        }
        return Optional.empty();
    }

    /** The answer to a request that may not switch anything; empty for one that may. */
    public Optional<Reply> refusal(HttpServerRequest request) {
        if (!allows(request.remoteAddress())) {
            return Optional.of(Reply.text(403, "403 switches are " + text() + ", see KUBE_ECHO_SWITCHES"));
        }
        // a browser always says where a script that sends a POST is from; a page that its user happens to look at
        // while a port is forwarded is to switch nothing
        if (request.getHeader("Origin") != null) {
            return Optional.of(Reply.text(403, "403 switches are not for pages in a browser"));
        }
        return Optional.empty();
    }
}
