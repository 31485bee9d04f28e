package io.kubeecho.evidence;

/**
 * One cell of a scenario's grid: connections of one kind of client on one node, by one way in through one node, that
 * belong to one endpoint.
 *
 * @param client the vantage point: pod, host network or off-cluster
 * @param clientNode the client's node; empty off the cluster
 * @param way ClusterIP, node port, load balancer or health check port
 * @param entryNode the node whose data plane decides; empty where a load balancer chooses
 * @param endpoint the pod that answered, or for affinity the one that forgot; empty where nobody answered
 * @param tried how many connections
 * @param broken how many of them broke a rule
 */
public record Cell(
        String client, String clientNode, String way, String entryNode, String endpoint, long tried, long broken) {}
