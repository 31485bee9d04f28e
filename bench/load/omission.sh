#!/bin/bash
# Coordinated omission: a server that stalls once for a second, loaded at 1000/s for 10 s by four tools.
# A user who comes at any time waits more than 500 ms in 5 of 100 cases and up to 1 s: p99 is 900 ms. omission.sh [ROUNDS]
set -eu
. "$(dirname "$0")/common.sh"
need wrk hey h2load python3
rounds=${1:-3}
port=18482
serve() {
  port=$((port + 1)); url=http://127.0.0.1:$port/
  java -XX:+UseSerialGC -cp "$classpath" io.kubeecho.load.bench.StallServer $port "$1" 1000 >/dev/null 2>&1 & server=$!
  started="$started $server"
  until (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null; do sleep 0.2; done
}
stop() { kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; }
row() { printf '%-34s %10s %10s %10s %10s\n' "$@"; }
row tool p50 p90 p99 max
row "what a user would feel" "< 1 ms" "~ 0 ms" "900 ms" "1000 ms"
for _ in $(seq "$rounds"); do
  # the warm-up's requests come first, and the stall 4 s after them
  serve 7000
  load "$url" -r 1000 -d 10s --warmup 3s -c 16
  q() { json "'%.1f ms' % (d['latency']['$1']['$2'] / 1e6)"; }
  row "kube-echo load, response time" "$(q response p50)" "$(q response p90)" "$(q response p99)" "$(q response max)"
  row "kube-echo load, service time" "$(q service p50)" "$(q service p90)" "$(q service p99)" "$(q service max)"
  stop; serve 4000
  wrk -t1 -c16 -d10s --latency "$url" >"$work/wrk"
  # wrk fills in what its clients did not send, at the pace that it measured itself
  row "wrk (closed, corrects itself)" $(awk '/50%/ { a = $2 } /90%/ { b = $2 } /99%/ { c = $2 } /^ *Latency +[0-9.]/ { m = $4 } END { print a, b, c, m }' "$work/wrk")
  stop; serve 4000
  hey -z 10s -c 16 -q 62.5 "$url" >"$work/hey" 2>&1
  row "hey -q (1000/s)" $(awk '/50%+ in/ { a = $3 * 1000 "ms" } /90%+ in/ { b = $3 * 1000 "ms" } /99%+ in/ { c = $3 * 1000 "ms" } /Slowest/ { m = $2 * 1000 "ms" } END { print a, b, c, m }' "$work/hey")
  stop; serve 4000
  # h2load prints no percentiles, so its log of every request is sorted: start in µs, status, duration in µs
  h2load --h1 -c 16 -D 10 --rps 62.5 --log-file="$work/h2" "$url" >"$work/h2.out" 2>&1
  row "h2load --rps (1000/s)" $(sort -n -k3,3 "$work/h2" | awk '{ v[NR] = $3 } END { for (p = 50; p <= 99; p += (p == 50 ? 40 : 9)) printf "%.1fms ", v[int(NR * p / 100)] / 1000; printf "%.1fms", v[NR] / 1000 }')
  stop
done
