#!/bin/bash
# Prints a kubeconfig with the rights of kube-echo.yaml and no others, for a cluster that $KUBECONFIG administers.
#   k8s/rbac/kubeconfig.sh > least.yaml
set -euo pipefail
kubectl=${KUBECTL:-kubectl}
secret() { $kubectl -n kube-echo get secret "$1" -o "jsonpath={.data.$2}"; }

# asked for by hand, since clusters from Kubernetes 1.24 on make no token secrets for ServiceAccounts by themselves
$kubectl apply -f - >/dev/null <<Y
apiVersion: v1
kind: Secret
metadata: {name: kube-echo-token, namespace: kube-echo, annotations: {kubernetes.io/service-account.name: kube-echo}}
type: kubernetes.io/service-account-token
Y
for _ in $(seq 50); do [ -n "$(secret kube-echo-token token)" ] && break; sleep 0.2; done
server=${SERVER:-$($kubectl config view --minify -o 'jsonpath={.clusters[0].cluster.server}')}
cat <<Y
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "$server", certificate-authority-data: $(secret kube-echo-token 'ca\.crt')}}]
users: [{name: u, user: {token: $(secret kube-echo-token token | base64 -d)}}]
contexts: [{name: least, context: {cluster: c, user: u}}]
current-context: least
Y
