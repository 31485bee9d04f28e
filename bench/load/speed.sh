#!/bin/bash
# Requests per CPU second of the generator: kube-echo load beside wrk, on nginx with keep-alive, in turn: speed.sh [PAIRS] [SECONDS]
# nginx has one core and the generator another. CPU time is user and system time of the whole process: wrk's from its
# start to its end, kube-echo's of the time that it measures, after 8 s of warm-up.
set -eu
. "$(dirname "$0")/common.sh"
need nginx wrk taskset python3
pairs=${1:-10}; seconds=${2:-5}
start_nginx 18480 "taskset -c 0"
url=http://127.0.0.1:18480/
TIMEFORMAT='%U %S'
pin="taskset -c 1"

ours() {
  load "$url" --closed -c 64 -d "${seconds}s" --warmup 8s -n 1000000000
  echo "$(json "'%.0f' % (d['requests']['answered'] / d['generator']['processCpuSeconds'])") $(json "'%.0f' % d['requests']['rate']")"
}
theirs() {
  local cpu requests
  cpu=$( { time $pin wrk -t1 -c64 -d"${seconds}s" $url >"$work/wrk.out"; } 2>&1 | awk '{ print $1 + $2 }')
  requests=$(awk '/requests in/ { print $1 }' "$work/wrk.out")
  awk -v n="$requests" -v cpu="$cpu" '/Requests\/sec/ { printf "%.0f %.0f\n", n / cpu, $2 }' "$work/wrk.out"
}
printf '%4s %28s %28s %8s\n' "" "kube-echo per CPU s (per s)" "wrk per CPU s (per s)" ratio
for pair in $(seq "$pairs"); do
  # which one goes first alternates
  if [ $((pair % 2)) = 0 ]; then o=$(ours); t=$(theirs); else t=$(theirs); o=$(ours); fi
  set -- $o $t
  printf '%4d %17s %10s %17s %10s %7.1f%%\n' "$pair" "$1" "($2)" "$3" "($4)" "$(awk "BEGIN { print $1 / $3 * 100 }")"
  echo "$1 $3" >>"$work/pairs"
done
echo "kube-echo's requests per CPU second are $(bench Pairs <"$work/pairs") of wrk's"
