package io.kubeecho.echo.log;

/**
 * What is logged, and how.
 *
 * @param on whether requests are logged at all
 * @param format of each line
 * @param skip which requests are left out
 */
public record AccessLogSettings(boolean on, LogFormat format, SkipList skip) {

    /** As nginx's image logs: every request, in its format. */
    public static AccessLogSettings defaults() {
        return new AccessLogSettings(true, LogFormat.NGINX, SkipList.none());
    }

    public AccessLogSettings withOn(boolean newOn) {
        return new AccessLogSettings(newOn, format, skip);
    }

    public AccessLogSettings withFormat(LogFormat newFormat) {
        return new AccessLogSettings(on, newFormat, skip);
    }

    public AccessLogSettings withSkip(SkipList newSkip) {
        return new AccessLogSettings(on, format, newSkip);
    }
}
