package io.kubeecho.echo.control;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One control as it was given.
 *
 * @param place where, which decides how errors call it and which response headers it may set
 * @param name without the prefix of its place, in lower case
 * @param value one character for each byte
 */
public record Asked(Place place, String name, String value) {

    /** Of a request header, in any case. */
    public static final String HEADER_PREFIX = "kube-echo-";

    /** Of a query parameter, in this case and not percent-encoded: so that a look at the bytes finds it. */
    public static final String QUERY_PREFIX = "kube-echo.";

    /** Where controls are given. */
    public enum Place {
        HEADER,
        /** Which any web page can make a browser send. */
        QUERY,
        /** The operator's own. */
        SETTING
    }

    /** Whether a request header of this name is a control. */
    public static boolean isHeader(String name) {
        return name.regionMatches(true, 0, HEADER_PREFIX, 0, HEADER_PREFIX.length())
                && name.length() > HEADER_PREFIX.length();
    }

    /** What an Accept that names only JSON asks for. */
    public static Asked forJson() {
        return new Asked(Place.HEADER, Control.FORMAT.as(Place.SETTING), "json");
    }

    /** Whether the form of the echo is asked for. */
    public boolean isFormat() {
        return name.equals(Control.FORMAT.as(Place.SETTING));
    }

    /** A control by a request header, of which this is the whole name. */
    public static Asked ofHeader(String name, String value) {
        return new Asked(Place.HEADER, name.substring(HEADER_PREFIX.length()).toLowerCase(Locale.ROOT), value);
    }

    /**
     * The controls among the parameters of a query; others are none of this server's business.
     *
     * @param query what is between the question mark and a fragment
     * @throws IllegalArgumentException if the value of a control has a bad percent-encoding
     */
    public static List<Asked> ofQuery(String query) {
        List<Asked> asked = new ArrayList<>();
        for (String parameter : query.split("&", -1)) {
            if (parameter.startsWith(QUERY_PREFIX)) {
                asked.add(of(Place.QUERY, parameter.substring(QUERY_PREFIX.length())));
            }
        }
        return asked;
    }

    /**
     * The controls of a setting, which is written like a query without the prefix: {@code delay=100ms&fault-rate=0.1}.
     *
     * @throws IllegalArgumentException if a value has a bad percent-encoding
     */
    public static List<Asked> ofSetting(String setting) {
        List<Asked> asked = new ArrayList<>();
        for (String parameter : setting.split("&", -1)) {
            if (!parameter.isBlank()) {
                asked.add(of(Place.SETTING, parameter.strip()));
            }
        }
        return asked;
    }

    private static Asked of(Place place, String parameter) {
        int equals = parameter.indexOf('=');
        String value = equals < 0 ? "" : parameter.substring(equals + 1);
        return new Asked(
                place,
                equals < 0 ? parameter : parameter.substring(0, equals),
                QueryStringDecoder.decodeComponent(value, StandardCharsets.ISO_8859_1));
    }
}
