#!/bin/bash
# Requests per CPU second of the generator: kube-echo load against wrk, on nginx with keep-alive, in turn.
# speed.sh [ROUNDS] [SECONDS]; prints every round, the medians and the ratio. The server has one core, the clients the other.
set -eu
. "$(dirname "$0")/common.sh"
need nginx wrk taskset
rounds=${1:-5}; seconds=${2:-10}
start_nginx 18480 "taskset -c 0"
url=http://127.0.0.1:18480/
TIMEFORMAT='%U %S'

ours() { # NAME OPTIONS...
  local name=$1; shift
  taskset -c 1 java -XX:+UseSerialGC -Xmx256m -cp "$classpath" io.kubeecho.cli.Main load "$url" --closed -c 64 \
    -d "${seconds}s" --warmup 15s -n 1000000000 --no-live --out "$work/report" "$@" >/dev/null 2>&1 || true
  json "'%.0f' % (d['requests']['answered'] / d['generator']['processCpuSeconds'])" >>"$work/$name"
  printf '%-22s %8s per CPU second, %8s/s\n' "$name" "$(tail -1 "$work/$name")" "$(json "'%.0f' % d['requests']['rate']")"
}
theirs() {
  local cpu requests
  cpu=$( { time taskset -c 1 wrk -t1 -c64 -d"${seconds}s" $url >"$work/wrk.out"; } 2>&1 | awk '{ print $1 + $2 }')
  requests=$(awk '/requests in/ { print $1 }' "$work/wrk.out")
  awk "BEGIN { printf \"%.0f\n\", $requests / $cpu }" >>"$work/wrk"
  printf '%-22s %8s per CPU second, %8s/s\n' wrk "$(tail -1 "$work/wrk")" "$(awk '/Requests\/sec/ { printf "%.0f", $2 }' "$work/wrk.out")"
}
for _ in $(seq "$rounds"); do
  theirs
  ours kube-echo
  ours without-pods --identity none
  ours by-vertx-httpclient --http 1.1-by-vertx
done
w=$(median <"$work/wrk"); k=$(median <"$work/kube-echo"); n=$(median <"$work/without-pods"); v=$(median <"$work/by-vertx-httpclient")
echo
echo "medians of $rounds, requests per CPU second: wrk $w, kube-echo $k, without pods $n, through Vert.x's HttpClient $v"
awk "BEGIN { printf \"kube-echo is %.0f %% of wrk per core; telling pods apart costs %.1f %%; Vert.x's HttpClient would be %.0f %%\n\", $k / $w * 100, (1 - $k / $n) * 100, $v / $w * 100 }"
