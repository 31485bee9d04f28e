package io.kubeecho.load.identity;

/**
 * What an answer says about itself.
 *
 * @param pod the name of who answered, empty if it does not say
 * @param seenAddress the client's address as the backend saw it, without a port, empty if it does not say
 */
public record Identity(String pod, String seenAddress) {

    /** In place of a name that is one too many to be kept; see {@link Roster}. */
    public static final String FURTHER = "(further identities)";

    /** An answer that says nothing. */
    public static final Identity UNKNOWN = new Identity("", "");
}
