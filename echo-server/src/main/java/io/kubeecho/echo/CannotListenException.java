package io.kubeecho.echo;

/** A port could not be had. The message says which, why, and what to do about it, in one line. */
public final class CannotListenException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private CannotListenException(String message, Throwable cause) {
        super(message, cause);
    }

    static CannotListenException of(String host, int port, Setting portSetting, Throwable cause) {
        String where = host.isEmpty() ? "port " + port : "port " + port + " of " + host;
        String reason = String.valueOf(cause.getMessage());
        return new CannotListenException(
                "cannot listen on " + where + ": " + explain(reason, port, portSetting), cause);
    }

    private static String explain(String reason, int port, Setting setting) {
        String otherPort = setting.variable() + " (or " + setting.flag() + ")";
        if (reason.contains("Permission denied")) {
            return "permission denied. Let any user open ports below 1024 with the pod's sysctl"
                    + " net.ipv4.ip_unprivileged_port_start=0 (not for host-network pods), or set " + otherPort
                    + " to a port above 1023";
        }
        if (reason.contains("Address already in use")) {
            return "the port is in use. Stop what uses it, or set " + otherPort + " to a port other than " + port;
        }
        if (reason.contains("Cannot assign requested address")) {
            return "this machine does not have that address. Set " + Setting.HOST.variable() + " (or "
                    + Setting.HOST.flag() + ") to one it has, or leave it out";
        }
        return reason;
    }
}
