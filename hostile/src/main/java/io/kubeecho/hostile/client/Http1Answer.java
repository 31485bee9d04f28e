package io.kubeecho.hostile.client;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What has to come for a request over HTTP/1.1, byte for byte but for the date. */
final class Http1Answer {

    private static final String BEFORE_DATE = "HTTP/1.1 200 OK\r\nServer: kube-echo\r\nDate: ";
    /** Any other has its digits and letters at the same places (RFC 9110 section 5.6.7). */
    private static final String DATE = "Sun, 06 Nov 1994 08:49:37 GMT";

    private static final String AFTER_DATE =
            "\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nContent-Length: ";

    private static final String UNAVAILABLE = "HTTP/1.1 503 ";
    private static final Pattern WHOLE_REFUSAL =
            Pattern.compile("HTTP/1\\.1 503 [^\\r\\n]*\\r\\n(?:[^\\r\\n]+\\r\\n)*\\r\\n(.*)", Pattern.DOTALL);
    private static final Pattern LENGTH = Pattern.compile("\\r\\nContent-Length: (\\d{1,6})\\r\\n");
    private static final int SHOWN = 160;

    private final String open;
    private final String closing;

    /** @param line the body that has to come */
    Http1Answer(String line) {
        String head = BEFORE_DATE + DATE + AFTER_DATE + line.length();
        open = head + "\r\n\r\n" + line;
        closing = head + "\r\nConnection: close\r\n\r\n" + line;
    }

    /** Judges all that has come on the connection since the request was sent, each byte a character. */
    Got judge(String came) {
        if (agree(came, open)) {
            return came.length() == open.length() ? new Got.Answer(false) : new Got.Part();
        }
        if (agree(came, closing)) {
            return came.length() == closing.length() ? new Got.Answer(true) : new Got.Part();
        }
        return refusal(came);
    }

    private static boolean agree(String came, String wanted) {
        if (came.length() > wanted.length()) {
            return false;
        }
        for (int i = 0; i < came.length(); i++) {
            boolean inDate = i >= BEFORE_DATE.length() && i < BEFORE_DATE.length() + DATE.length();
            if (came.charAt(i) != wanted.charAt(i) && !(inDate && isOfOneKind(came.charAt(i), wanted.charAt(i)))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOfOneKind(char one, char other) {
        return (isDigit(one) && isDigit(other)) || (isLetter(one) && isLetter(other));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }

    private static Got refusal(String came) {
        if (came.length() < UNAVAILABLE.length()) {
            return UNAVAILABLE.startsWith(came) ? new Got.Part() : wrong(came);
        }
        // no refusal repeats what anybody has asked
        if (!came.startsWith(UNAVAILABLE) || came.contains("Path=")) {
            return wrong(came);
        }
        Matcher whole = WHOLE_REFUSAL.matcher(came);
        if (!whole.matches()) {
            return new Got.Part();
        }
        Matcher length = LENGTH.matcher(came);
        int wanted = length.find() ? Integer.parseInt(length.group(1)) : 0;
        int has = whole.group(1).length();
        return has > wanted ? wrong(came) : has == wanted ? new Got.Refusal() : new Got.Part();
    }

    private static Got wrong(String came) {
        return new Got.Wrong(shown(came));
    }

    /** On one line, and not all of it. */
    static String shown(String came) {
        StringBuilder text = new StringBuilder();
        came.chars().limit(SHOWN).forEach(c -> {
            if (c == '\r') {
                text.append("\\r");
            } else if (c == '\n') {
                text.append("\\n");
            } else if (c < ' ' || c > '~') {
                text.append(String.format("\\x%02x", c));
            } else {
                text.append((char) c);
            }
        });
        return text + (came.length() > SHOWN ? "…" : "");
    }
}
