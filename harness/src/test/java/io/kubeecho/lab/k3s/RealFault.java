package io.kubeecho.lab.k3s;

import io.kubeecho.lab.k3s.NodeFault.Added;
import io.kubeecho.lab.k3s.NodeFault.Added.Place;
import io.kubeecho.lab.k3s.NodeFault.Change;
import io.kubeecho.lab.k3s.NodeFault.Rewritten;
import io.kubeecho.lab.k3s.NodeFault.Rewritten.Filter;
import io.kubeecho.lab.k3s.NodeFault.StoppedBefore;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Bugs of a data plane, in the nodes of a real cluster. The lab's third node has no endpoint. Rules are told apart by the
 * namespaces of kube-echo, so that the cluster's own Services go on working; T is 5 s.
 */
@SuppressWarnings("ImmutableEnumChecker") // lists in records, which nobody changes
enum RealFault {
    AFFINITY_IGNORED(
            "kube-proxy writes no rules that look at the list of recent clients",
            Rewritten.bySed("/kube-echo-.*--rcheck/d", "/kube-echo-.* saddr @affinity-/d"),
            "AFF-CIP",
            "NONE-CIP"),
    AFFINITY_NEVER_EXPIRES(
            "kube-proxy leaves out --seconds, or writes a timeout of a day",
            Rewritten.bySed(
                    "/kube-echo-/s/--rcheck --seconds [0-9]+ --reap/--rcheck/",
                    "/affinity-.*kube-echo-/s/timeout [0-9]+s/timeout 1d/"),
            "EXPIRE",
            "HOLD"),
    AFFINITY_EXPIRES_AT_HALF(
            "kube-proxy writes 2 s for 5",
            Rewritten.bySed(
                    "/kube-echo-/s/--seconds 5 /--seconds 2 /", "/affinity-.*kube-echo-/s/timeout 5s/timeout 2s/"),
            "HOLD",
            "AFF-CIP"),
    AFFINITY_EXPIRES_AT_TWICE(
            "kube-proxy writes 10 s for 5",
            Rewritten.bySed(
                    "/kube-echo-/s/--seconds 5 /--seconds 10 /", "/affinity-.*kube-echo-/s/timeout 5s/timeout 10s/"),
            "EXPIRE",
            "HOLD"),
    LOCAL_AS_CLUSTER(
            "kube-proxy makes of the policy Local the rules of Cluster",
            // what is the node's own goes to all endpoints, and is masqueraded: here everything is the node's own
            Rewritten.bySed(
                    "/kube-echo-/{s/-m addrtype --src-type LOCAL -j KUBE-(MARK-MASQ|SVC-)/-j KUBE-\\1/;/has no local endpoints/d}",
                    "/ external-.*kube-echo-/s/fib saddr type local //;/ no-endpoint-.*kube-echo-/s/: drop/: continue/"),
            "ETP-L-",
            "SRC-CIP"),
    LOCAL_MASQUERADES(
            "kube-proxy masquerades everybody under Local, not only the node itself",
            Rewritten.bySed(
                    "/masquerade LOCAL.*kube-echo-/s/-m addrtype --src-type LOCAL //",
                    "/ external-.*kube-echo-.*masquerade local/s/fib saddr type local //"),
            "ETP-L+",
            "ETP-L-"),
    ENDPOINT_NEVER_CHOSEN(
            "kube-proxy gives the first of four endpoints the probability 0",
            Rewritten.bySed(
                    "/kube-echo-/s/--probability 0\\.25[0-9]*/--probability 0.0/",
                    "/kube-echo-/s/(numgen random mod 4 v?map) \\{ 0 : ([^,]+) , 1 : ([^,]+) ,/\\1 { 0 : \\3 , 1 : \\3 ,/"),
            "NONE-CIP",
            "AFF-CIP"),
    PODS_MASQUERADED(
            "kube-proxy takes pods for strangers, as with a wrong --cluster-cidr",
            Rewritten.bySed(
                    "/kube-echo-/s/! -s 10\\.42\\.0\\.0\\/16 -j KUBE-MARK-MASQ/-j KUBE-MARK-MASQ/",
                    "/@cluster-ips/s/ip saddr != 10\\.42\\.0\\.0\\/16 //"),
            "SRC-CIP",
            "NONE-CIP"),
    SECOND_HOP_REFUSED(
            "every node refuses what it would forward to another node",
            new Added(
                    List.of(0, 1, 2),
                    Place.FIRST,
                    // by the pods' network, a tunnel, to what the tunnel would carry
                    List.of("-t filter FORWARD -i eth0 -o flannel.1 -p tcp -j REJECT --reject-with tcp-reset")),
            "ETP-C",
            "ETP-L+",
            "NONE-CIP"),
    NODE_PORTS_REFUSED(
            "the node without an endpoint refuses what comes to node ports",
            new Added(
                    List.of(2),
                    Place.FIRST,
                    List.of(
                            "-t filter FORWARD -p tcp -m conntrack --ctorigdstport 30000:32767 -j REJECT --reject-with tcp-reset")),
            "ETP-C",
            "ETP-L+"),
    HAIRPIN_NOT_MASQUERADED(
            "kube-proxy does not masquerade a pod that reaches itself",
            Rewritten.bySed(
                    "/-A KUBE-SEP-.*kube-echo-.* -s [0-9.]+(\\/32)? -j KUBE-MARK-MASQ/d",
                    // 1.36 and later keep a set of all pods that may reach themselves, earlier versions a rule for each
                    "/@hairpin-connections masquerade/d;/ endpoint-.*kube-echo-.* ip saddr [0-9.]+ (jump|mark|meta mark)/d"),
            "HAIRPIN",
            "SRC-CIP"),
    NO_ENDPOINTS_DROPPED(
            "kube-proxy drops where it should reject",
            Rewritten.bySed(
                    "/kube-echo-/s/-j REJECT.*/-j DROP/", "/ no-endpoint-.*kube-echo-/s/: goto reject-chain/: drop/"),
            "NOEP",
            "NONE-CIP"),
    WINDOW_FIXED(
            "kube-proxy stamps a client only at its first connection",
            new Rewritten(
                    new Filter(
                            // the endpoint's chain is entered by who is remembered, too: those go on without a new
                            // stamp
                            "awk '/kube-echo-/ && / --rcheck / { line = $0; sub(/-A KUBE-(SVC|SVL)-[^ ]+/, \"\", line);"
                                    + " sub(/ -j .*/, \"\", line); checks[$NF] = line }"
                                    + " /kube-echo-/ && / --set / { unstamped = $0; sub(/-m recent --name [^ ]+ --set/, checks[$2], unstamped);"
                                    + " if ($2 in checks) print unstamped } { print }'",
                            "true"),
                    // to add what is there already does not start its timeout again
                    Filter.sed("/kube-echo-/s/update @affinity-/add @affinity-/")),
            "WINDOW",
            "AFF-CIP"),
    LISTS_FLUSHED_WITH_EVERY_CHANGE(
            "the lists of recent clients are emptied whenever kube-proxy writes its rules",
            new Rewritten(
                    new Filter(
                            "cat",
                            "for list in /proc/net/xt_recent/KUBE-SEP-*; do [ ! -e $list ] || echo / >$list; done"),
                    new Filter(
                            "cat",
                            "/usr/sbin/nft list sets ip | sed -nE \"s/^\\s*set (affinity-\\S*kube-echo-\\S*) .*/flush set ip kube-proxy \\1/p\""
                                    + " | /usr/sbin/nft -f -")),
            "AFF-ADD",
            "AFF-CIP"),
    LOAD_BALANCER_UNKNOWN(
            "kube-proxy leaves out the rules of a load balancer's address",
            Rewritten.bySed(
                    "/-A KUBE-SERVICES .*kube-echo-.*loadbalancer IP/d",
                    // addresses of the nodes' network are load balancers' here, those of cluster IPs are none of it
                    "/ service-ips /{/ 10\\.43\\./!s/: goto external-[^ ]*kube-echo-[^ ]*/: continue/}"),
            "NONE-LB",
            "NONE-NP"),
    CONNTRACK_FORGETS(
            "open connections that are idle for a second are forgotten, and not taken up again",
            new NodeFault.Both(
                    // the lab's own way to its clients, which the API server keeps open, is none of the data plane's
                    new Added(
                            List.of(0, 1, 2),
                            Place.FIRST,
                            List.of(
                                    "-t raw PREROUTING -p tcp --dport 9180 -j CT --notrack",
                                    "-t raw PREROUTING -p tcp --sport 9180 -j CT --notrack",
                                    "-t raw OUTPUT -p tcp --dport 9180 -j CT --notrack")),
                    new NodeFault.Set(Map.of(
                            "net.netfilter.nf_conntrack_tcp_timeout_established", 1,
                            "net.netfilter.nf_conntrack_tcp_loose", 0))),
            "KEEPALIVE",
            "AFF-CIP"),
    HEALTH_CHECK_PORT_CLOSED(
            "a firewall on a node with endpoints closes the ports that the node itself listens on",
            new Added(List.of(0), Place.FIRST, List.of("-t filter INPUT -p tcp --dport 30000:32767 -j REJECT")),
            "HCNP",
            "ETP-L+"),
    HEALTH_CHECK_OF_ANOTHER_NODE(
            "the node without an endpoint hands health checks on to one that has some",
            new Added(
                    List.of(2),
                    Place.LAST,
                    List.of(
                            "-t nat PREROUTING -p tcp --dport 30000:32767 -m addrtype --dst-type LOCAL -j DNAT --to-destination ADDRESS-OF-0",
                            "-t nat POSTROUTING -p tcp -d ADDRESS-OF-0 --dport 30000:32767 -j MASQUERADE")),
            "HCNP",
            "AFF-CIP"),
    POLICY_CHANGE_NOT_APPLIED(
            "kube-proxy ends before the policy is changed",
            new StoppedBefore(Change.SERVICE_UPDATED),
            "ETP-FLIP",
            "AFF-CIP"),
    AFFINITY_CHANGE_NOT_APPLIED(
            "kube-proxy ends before the affinity is changed",
            new StoppedBefore(Change.SERVICE_UPDATED),
            "SWITCH",
            "AFF-CIP"),
    REMOVED_ENDPOINT_KEPT(
            "kube-proxy ends before a pod is deleted", new StoppedBefore(Change.POD_DELETED), "AFF-DEL", "AFF-CIP");

    private final String how;
    private final NodeFault fault;
    private final String caughtBy;
    private final List<String> controls;

    RealFault(String how, NodeFault fault, String caughtBy, String... controls) {
        this.how = how;
        this.fault = fault;
        this.caughtBy = caughtBy;
        this.controls = List.of(controls);
    }

    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What is wrong, and where it was put. */
    String how() {
        return how;
    }

    NodeFault fault() {
        return fault;
    }

    /** The scenario that names it best. */
    String caughtBy() {
        return caughtBy;
    }

    /** Scenarios that this fault does not concern. */
    List<String> controls() {
        return controls;
    }
}
