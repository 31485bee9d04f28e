#!/bin/bash
# Do the manifests work on a real cluster? In a namespace of its own, removed at the end:
#   - the API server takes every overlay and demo (dry run);
#   - affinity: the page sees one pod by ClientIP, and several by None;
#   - expiry: with a timeout of 1 s in place of 10, and 2 s between connections, several pods; with an hour one;
#   - source address: the page's own by the ClusterIP, another by a node's port;
#   - both policies: Cluster answers on every node; Local on the pod's node only, and keeps this machine's address;
#   - DaemonSet with Local: every node answers, and keeps it.
#   check.sh [IMAGE]     (kube-echo/echo-server:dev, which has to be on the nodes)
# The cluster is $KUBECONFIG's, else the testbed's. Without kubectl here, the one in the testbed's server is used. The nodes' ports are asked from this machine; where it does not reach the nodes, that part is skipped.
# Exit: 0 all as expected, 1 not, 4 no cluster, or the pods do not run.
# A cluster that spreads is called wrong with 3 (1/3)^25 < 1e-11; nothing is judged before it has answered once.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
image=${1:-kube-echo/echo-server:dev} visits=25 port=$((20000 + RANDOM % 10000))
namespace=kube-echo-demos-$(od -An -tx2 -N4 /dev/urandom | tr -d ' \n')
copy=/tmp/$namespace
[ -n "${KUBECONFIG:-}" ] || KUBECONFIG=$("$here/testbed/testbed" kubeconfig 2>/dev/null || true)
export KUBECONFIG
if command -v kubectl >/dev/null; then at=() folder=$here; else at=(docker exec -i server) folder=$copy; fi

finish() { printf '%s: %s\n' "$2" "$3"; exit "$1"; }
wrong() { k get pods,services -o wide || true; finish 1 'NOT AS EXPECTED' "$*"; }
ok() { echo "ok    $*"; }
k() { "${at[@]}" kubectl -n "$namespace" "$@"; }
build() { "${at[@]}" kubectl kustomize "$folder/$1" 2>/dev/null | sed "s#image: kube-echo/echo-server:dev#image: $image#"; }
apply() { build "$1" | k apply -f - "${@:2}" >/dev/null || wrong "$1 is not taken"; }

"${at[@]}" kubectl get --raw /readyz >/dev/null 2>&1 || finish 4 ERROR "no cluster: set KUBECONFIG, or start the testbed"
# shellcheck disable=SC2317 # the trap calls it
remove() {
  [ -z "${forward:-}" ] || kill "$forward" 2>/dev/null || true
  "${at[@]}" kubectl delete namespace "$namespace" --ignore-not-found >/dev/null || echo "not removed: namespace $namespace"
  [ ${#at[@]} = 0 ] || "${at[@]}" rm -rf "$copy"
}
trap remove EXIT
trap 'exit 130' INT TERM
[ ${#at[@]} = 0 ] || tar -C "$here" -c base overlays demos | "${at[@]}" sh -c "mkdir $copy && tar -x -C $copy"
"${at[@]}" kubectl create namespace "$namespace" >/dev/null || finish 4 ERROR "the namespace could not be made"

# --- what the API server says -------------------------------------------------------------------------------------------
for part in base overlays/port-80 demos/affinity demos/expiry demos/traffic-policies demos/source-address demos/local-daemonset; do
  apply "$part" --dry-run=server
  ok "$part: the API server takes it"
done

# --- what is seen -------------------------------------------------------------------------------------------------------
ready() { # WORKLOAD...
  local workload
  for workload in "$@"; do
    k rollout status "$workload" --timeout=180s >/dev/null || { k get pods,events; finish 4 ERROR "$workload does not run"; }
  done
}
watch_page() { # MILLIS SECONDS: what a viewer of the page is told in that time, with so much between connections
  local inner=() seen
  [ ${#at[@]} = 0 ] || inner=(timeout 120)
  "${at[@]}" "${inner[@]}" kubectl -n "$namespace" port-forward deployment/page "$port:9180" >/dev/null 2>&1 &
  forward=$!
  for _ in {1..60}; do "${at[@]}" curl -s -o /dev/null -m 2 "http://127.0.0.1:$port/demo" && break; sleep 0.5; done
  "${at[@]}" curl -s -m 5 -H 'Content-Type: application/json' -d "{\"do\":\"interval\",\"millis\":$1}" "http://127.0.0.1:$port/demo/controls"
  seen=$("${at[@]}" curl -sN -m "$2" "http://127.0.0.1:$port/demo/events" || true)
  kill "$forward" 2>/dev/null || true
  wait "$forward" 2>/dev/null || true
  forward='' port=$((port + 1))
  events=$seen
}
visits_of() { sed -n "s/^data: .*\"target\":$1,\"visit\":{\(.*\)}}\$/\1/p" <<<"$events"; }
answered() { visits_of "$1" | sed -n '/"pod":/,$p'; } # from the first answer on
pods() { answered "$1" | sed -n 's/.*"pod":"\([^"]*\)".*/\1/p' | sort -u; }
enough() { # ROW NAME
  local all with; all=$(answered "$1" | wc -l) with=$(answered "$1" | grep -c '"pod":' || true)
  ((with >= visits)) || wrong "$2: only $with answers"
  ((with == all)) || wrong "$2: $((all - with)) of $all connections were not answered"
}

apply base
apply demos/affinity
ready deployment/echo deployment/page
watch_page 500 25
enough 0 ClientIP; enough 1 None
[ "$(pods 0 | wc -l)" = 1 ] || wrong "ClientIP: $(pods 0 | xargs)"
[ "$(pods 1 | wc -l)" -gt 1 ] || wrong "None: only $(pods 1)"
ok "affinity: $(answered 0 | wc -l) connections by ClientIP to one pod, $(answered 1 | wc -l) by None to $(pods 1 | wc -l)"

apply demos/expiry
k patch service echo-10s -p '{"spec":{"sessionAffinityConfig":{"clientIP":{"timeoutSeconds":1}}}}' >/dev/null
ready deployment/page
watch_page 2000 60
enough 0 'a timeout of 1 s'; enough 1 'a timeout of 1 h'
[ "$(pods 0 | wc -l)" -gt 1 ] || wrong "a timeout of 1 s: only $(pods 0)"
[ "$(pods 1 | wc -l)" = 1 ] || wrong "a timeout of 1 h: $(pods 1 | xargs)"
ok "expiry: $(answered 0 | wc -l) connections 2 s apart, with a timeout of 1 s to $(pods 0 | wc -l) pods, with one of 1 h to one"

# a nodePort may be somebody else's
if build demos/source-address | k apply -f - >/dev/null 2>&1; then
  ready deployment/page
  watch_page 500 25
  enough 0 ClusterIP; enough 1 NodePort
  other=$(answered 0 | grep '"kept":false' || true); [ -z "$other" ] || wrong "ClusterIP: $other"
  own=$(answered 1 | grep '"kept":true' || true); [ -z "$own" ] || wrong "NodePort: $own"
  ok "source address: the pod's own by the ClusterIP, a node's by the NodePort"
else
  echo "skip  source address: port 30980 of the nodes is taken"
fi

nodes=$(k get nodes -o 'jsonpath={range .items[*]}{.status.addresses[?(@.type=="InternalIP")].address}{"\n"}{end}' | awk '{print $1}') # of two families the first, which is the Services'
port_of() { k get service "$1" -o 'jsonpath={.spec.ports[0].nodePort}'; }
ask() { curl -s -m 3 -w '  Own=%{local_ip}\n' "http://$1:$2/" 2>/dev/null; } # NODE PORT: the echo line, and the address asked from
within_a_minute() { local until=$((SECONDS + 60)); until "$@"; do ((SECONDS < until)) || return 1; sleep 0.5; done; }
all_answer() { local node; for node in $nodes; do ask "$node" "$1" >/dev/null || return 1; done; }
kept() { local own=${1##*Own=} seen; seen=$(sed -n 's/.*ClientIP=\([^ ]*\) .*/\1/p' <<<"$1" | head -1); [ "$seen" = "$own" ]; }

k scale deployment echo --replicas=1 >/dev/null
one_pod() { [ "$(k get pods -l app.kubernetes.io/name=echo -o name | wc -l)" = 1 ]; }
within_a_minute one_pod || wrong "the other pods do not end"
apply demos/traffic-policies
if within_a_minute all_answer "$(port_of echo-cluster)"; then
  home=$(k get pods -l app.kubernetes.io/name=echo -o 'jsonpath={.items[0].status.hostIP}')
  within_a_minute ask "$home" "$(port_of echo-local)" >/dev/null || wrong "Local: no answer on the pod's own node $home"
  ok "Cluster: every node answers, with one pod in all"
  for node in $nodes; do
    for _ in 1 2 3; do
      answer=$(ask "$node" "$(port_of echo-local)" | tr -d '\n' || true)
      if [ "$node" = "$home" ]; then kept "$answer" || wrong "Local through $node: $answer"
      else [[ $answer != *From=* ]] || wrong "Local through $node, where there is no pod: $answer"; fi
    done
  done
  ok "Local: only $home answers, where the pod is, and the pod sees this machine's own address"

  apply demos/local-daemonset
  ready daemonset/echo-everywhere
  within_a_minute all_answer "$(port_of echo-everywhere)" || wrong "DaemonSet with Local: not every node answers"
  for node in $nodes; do
    answer=$(ask "$node" "$(port_of echo-everywhere)" | tr -d '\n')
    kept "$answer" || wrong "DaemonSet with Local through $node: $answer"
  done
  ok "DaemonSet with Local: every node answers, and keeps the address"
else
  first=${nodes%%$'\n'*}
  if curl -s -k -m 3 -o /dev/null "https://$first:10250/"; then wrong "Cluster: not every node answers"; fi
  echo "skip  policies: this machine does not reach the nodes ($first)"
fi
finish 0 'AS EXPECTED' "the manifests work on this cluster"
