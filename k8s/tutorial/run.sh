#!/bin/bash
# The tutorial of session affinity, played on a real cluster: prints the transcript and judges what it shows.
#   run.sh         make everything in a namespace of its own, show, remove it
#   run.sh clean   remove every namespace of the tutorial: what runs that were killed have left, and those under way
# The cluster is $KUBECONFIG's, else the testbed's. Without kubectl here, the one in the testbed's server is used.
# Images: kube-echo/echo-server:dev and kube-echo/tools:dev (tools.Dockerfile) have to be on the nodes.
# Exit: 0 as expected, 1 not as expected, 3 could not tell, 4 no cluster, or the pods do not run.
#
# How likely it errs, with 3 pods:
#   - a cluster that keeps affinity is never called wrong for it: one other pod inside 10 s is a fault;
#     one that picks a pod at random passes with (1/3)^15 < 1e-7
#   - a cluster whose affinity ends is called wrong with (1/3)^13 < 1e-6: another pod is chosen again with 1/3,
#     so up to 13 endings are waited for, and the first move ends the wait
#     (kube-proxy in IPVS mode keeps affinity for at least two minutes, and is rightly told so)
#   - a cluster that spreads is called wrong with at most 3 (2/3)^40 < 1e-6
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
timeout=10 hold=16 endings=13 spread=40
namespace=kube-echo-tutorial-$(od -An -tx2 -N4 /dev/urandom | tr -d ' \n')
url=http://sample-session-affinity:8080/

say() { printf '\n# %s\n' "$*"; }
finish() { printf '\n%s: %s\n' "$2" "$3"; exit "$1"; }
[ -n "${KUBECONFIG:-}" ] || KUBECONFIG=$("$here/../testbed/testbed" kubeconfig 2>/dev/null || true)
export KUBECONFIG
if command -v kubectl >/dev/null; then kubectl=(kubectl); else kubectl=(docker exec -i server kubectl); fi
k() { "${kubectl[@]}" "$@"; }
shown() { echo "$ kubectl $*"; k -n "$namespace" "$@"; }
apply() { echo "$ kubectl apply -f $1"; k -n "$namespace" apply -f - <"$here/$1"; }

k get --raw /readyz >/dev/null 2>&1 || finish 4 ERROR "no cluster: set KUBECONFIG, or start the testbed"
case ${1:-} in
  '') ;;
  clean) k delete namespaces -l kube-echo/tutorial --ignore-not-found; exit ;;
  *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
esac

# shellcheck disable=SC2317 # the trap calls it
remove() {
  say "Everything goes with its namespace"
  echo "$ kubectl delete namespace $namespace"
  k delete namespace "$namespace" --ignore-not-found || echo "not removed: run '$0 clean'"
}
trap remove EXIT
trap 'exit 130' INT TERM
k create -f - >/dev/null <<Y || finish 4 ERROR "the namespace could not be made"
{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"$namespace","labels":{"kube-echo/tutorial":"session-affinity"}}}
Y
for _ in {1..60}; do k -n "$namespace" get serviceaccount default >/dev/null 2>&1 && break; sleep 0.5; done

# Requests from the client pod, each a connection of its own: NUMBER PAUSE URL. A line for each: when it began and ended,
# in seconds by the node's monotonic clock, and the answer.
ask() {
  # shellcheck disable=SC2016 # the pod's shell expands it
  k -n "$namespace" exec sample-client -- sh -c 'i=0; while [ $i -lt "$1" ]; do
    [ $i = 0 ] || sleep "$2"
    read -r began rest </proc/uptime; answer=$(curl -sS -m 5 "$3" 2>&1); read -r ended rest </proc/uptime
    echo "$began $ended $answer"; i=$((i + 1)); done' sh "$@"
}
pods_of() { sed -n 's/.* From=\([^ ]*\).*/\1/p'; }
show() { awk '{if (!first) first = $1; printf "%+7.2f s  ", $1 - first; sub(/^[^ ]+ [^ ]+ /, ""); print}'; }
longest_gap() { awk '{if (NR > 1 && $2 - began > gap) gap = $2 - began; began = $1} END {print gap + 0}'; }
less() { awk "BEGIN {exit !($1 < $2)}"; }
state() { k -n "$namespace" get pods -o 'jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[0].restartCount}{"\n"}{end}' | sort; }
all_answered() { # LINES NUMBER
  [ "$(pods_of <<<"$1" | grep -c .)" = "$2" ] || finish 1 'NOT AS EXPECTED' "a request was not answered"
}

say "Three pods, a Service with session affinity for $timeout s, the same without, and a pod to ask from"
echo "(all in the namespace $namespace)"
apply deployment.yaml
apply service-client-ip.yaml
apply service-none.yaml
apply client.yaml
shown wait --for=condition=Ready pod --all --timeout=120s || { k -n "$namespace" get pods,events; finish 4 ERROR "the pods do not run"; }
shown get pods -o wide
shown get services
before=$(state)
# A Ready pod is known to the Services a moment later: nothing is judged until all three have answered.
deadline=$((SECONDS + 60)) seen=''
until [ "$(pods_of <<<"$seen" | sort -u | grep -c .)" = 3 ]; do
  ((SECONDS < deadline)) || finish 1 'NOT AS EXPECTED' "not every pod has answered through the Service after a minute"
  seen+=$'\n'$(ask 10 0.1 http://sample-no-affinity:8080/ || true)
done
until [ -n "$(ask 1 0 $url 2>/dev/null | pods_of || true)" ]; do
  ((SECONDS < deadline)) || finish 1 'NOT AS EXPECTED' "no pod has answered through the Service with affinity after a minute"
  sleep 0.5
done

say "With ClientIP, every connection within $timeout s of the one before goes to the same pod"
for try in 1 2 3; do
  echo "\$ kubectl exec sample-client -- sh -c 'for i in \$(seq $hold); do curl -s $url; sleep 0.4; done'"
  answers=$(ask $hold 0.4 $url); show <<<"$answers"; all_answered "$answers" $hold
  echo "\$ sleep 7; kubectl exec sample-client -- curl -s $url"
  sleep 7
  answers+=$'\n'$(ask 1 0 $url); tail -1 <<<"$answers" | cut -d' ' -f3-; all_answered "$answers" $((hold + 1))
  gap=$(longest_gap <<<"$answers")
  if less "$gap" $timeout; then break; fi
  echo "(up to $gap s between two connections: too slow to tell)"
  ((try < 3)) || finish 3 'COULD NOT TELL' "this machine is too slow: $gap s between two connections"
done
[ "$(pods_of <<<"$answers" | sort -u | wc -l)" = 1 ] || finish 1 'NOT AS EXPECTED' "another pod within $timeout s"
pod=$(pods_of <<<"$answers" | tail -1)
echo "=> $((hold + 1)) connections, at most $gap s apart: always $pod"

say "After more than $timeout s without a connection the pod is chosen anew (the same again, one time in three)"
moved=''
for ((ending = 1; ending <= endings; ending++)); do
  echo "\$ sleep $((timeout + 1)); kubectl exec sample-client -- curl -s $url"
  sleep $((timeout + 1))
  answer=$(ask 1 0 $url); cut -d' ' -f3- <<<"$answer"; all_answered "$answer" 1
  now=$(pods_of <<<"$answer")
  if [ "$now" != "$pod" ]; then moved=$now; break; fi
done
[ -n "$moved" ] || finish 1 'NOT AS EXPECTED' "still $pod after $endings pauses of more than $timeout s"
echo "=> $moved instead of $pod, after pause $ending"

say "With None, connections spread over all pods"
none=http://sample-no-affinity.$namespace.svc.cluster.local:8080/
echo "\$ kubectl exec sample-client -- sh -c 'for i in \$(seq $spread); do curl -s $none; done' | grep -o 'From=[^ ]*' | sort | uniq -c"
answers=$(ask $spread 0 "$none"); all_answered "$answers" $spread
pods_of <<<"$answers" | sed 's/^/From=/' | sort | uniq -c
seen=$(pods_of <<<"$answers" | sort -u | wc -l)
[ "$seen" = 3 ] || finish 1 'NOT AS EXPECTED' "only $seen of 3 pods in $spread connections"

[ "$(state)" = "$before" ] || finish 3 'COULD NOT TELL' "pods were restarted or replaced meanwhile"
finish 0 'AS EXPECTED' "same pod within $timeout s, another after it, and all pods without affinity"
