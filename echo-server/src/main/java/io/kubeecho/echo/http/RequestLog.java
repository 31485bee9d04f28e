package io.kubeecho.echo.http;

import io.kubeecho.echo.bytes.ByteSink;
import io.kubeecho.echo.log.AccessLog;
import io.kubeecho.echo.log.SkipList;

/** The access log of one event loop: the lines of a batch, which are handed over together. */
final class RequestLog {

    private static final byte[] ROOT = {'/'};

    private final AccessLog log;
    private final SkipList skip;
    private final boolean skips;
    private final LogLine line;
    private final ByteSink lines = new ByteSink(4096);
    private int count;

    /** @param instance tells the ids of this process' connections from others */
    RequestLog(AccessLog log, LoopClock clock, String instance) {
        this.log = log;
        skip = log.settings().skip();
        skips = !skip.isEmpty();
        line = switch (log.settings().format()) {
            case NGINX -> new NginxLogLine(lines, clock);
            case JSON -> new JsonLogLine(lines, instance);
        };
    }

    /** Adds a line, by {@link LogLine#append}, unless the request is to be left out. */
    void add(Caller caller, RequestHead head, int limit, int status, int bodyBytes, LogTiming timing) {
        if (skips && isSkipped(head, status)) {
            return;
        }
        line.append(caller, head, limit, status, bodyBytes, timing);
        count++;
    }

    /** A probe that fails is what somebody looks for in a log, so it is never left out. */
    private boolean isSkipped(RequestHead head, int status) {
        if (status >= Status.BAD_REQUEST.code()) {
            return false;
        }
        Span agent = head.userAgent();
        byte[] bytes = head.bytes();
        boolean byPath = head.targetIsRoot()
                ? skip.hasPath(ROOT, 0, ROOT.length)
                : skip.hasPath(bytes, head.at(head.target().from()), head.pathEnd());
        return byPath || (agent.isPresent() && skip.hasUserAgent(bytes, head.at(agent.from()), head.at(agent.to())));
    }

    /** Hands the lines over to be written. */
    void flush() {
        if (count > 0) {
            log.append(lines, count);
            clear();
        }
    }

    void clear() {
        lines.clear();
        count = 0;
    }
}
