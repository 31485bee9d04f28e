package io.kubeecho.load.identity;

import io.kubeecho.output.PlainText;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The identities that a load has met. A target names itself, and may do so anew in each answer: so many are kept apart, and
 * the rest is one, {@link Identity#FURTHER}. Names are made harmless here, before anybody keeps or shows them. For several
 * threads.
 */
public final class Roster {

    /** As many as an Endpoints object of Kubernetes holds (annotation endpoints.kubernetes.io/over-capacity). */
    public static final int MOST_PODS = 1_000;

    /** Those, that of answers that do not say, and that of all who are too many. */
    public static final int MOST_POD_NAMES = MOST_PODS + 2;

    /** As many as a load has sources. */
    public static final int MOST_ADDRESSES = 65_536;

    /** The longest name of an object of Kubernetes. */
    private static final int LONGEST = 253;

    private final Map<String, String> pods = new ConcurrentHashMap<>();
    private final Map<String, String> addresses = new ConcurrentHashMap<>();

    /** An identity as it may be kept. */
    Identity admit(Identity said) {
        String pod = admit(said.pod(), pods, MOST_PODS);
        String address = admit(said.seenAddress(), addresses, MOST_ADDRESSES);
        return new Identity(pod, address);
    }

    private static String admit(String said, Map<String, String> known, int most) {
        if (said.isEmpty()) {
            return "";
        }
        String name = PlainText.inLine(said.length() <= LONGEST ? said : said.substring(0, LONGEST) + "…");
        String before = known.get(name);
        if (before != null) {
            return before;
        }
        synchronized (known) {
            if (known.size() >= most && !known.containsKey(name)) {
                return Identity.FURTHER;
            }
            known.putIfAbsent(name, name);
            return name;
        }
    }
}
