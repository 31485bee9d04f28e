#!/bin/bash
# Prints KUBE_ECHO_PAGE_TARGETS for a port of every node: a row for each of the nodes and Services, at most 8 in all.
#   node-targets.sh [-n NAMESPACE] SERVICE...      (Services of type NodePort or LoadBalancer)
# Without kubectl here, the one in the testbed's server is used.
set -euo pipefail
if command -v kubectl >/dev/null; then kubectl=(kubectl); else kubectl=(docker exec -i server kubectl); fi
if [ "${1:-}" = -n ]; then kubectl+=(-n "$2"); shift 2; fi
[ $# -gt 0 ] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2; }
nodes=$("${kubectl[@]}" get nodes -o 'jsonpath={range .items[*]}{.metadata.name} {.status.addresses[?(@.type=="InternalIP")].address}{"\n"}{end}')
targets=()
while read -r node address _; do
  for service in "$@"; do
    port=$("${kubectl[@]}" get service "$service" -o 'jsonpath={.spec.ports[0].nodePort}')
    targets+=("$service $node=$address:$port")
  done
done <<<"$nodes"
(IFS=,; echo "${targets[*]}")
