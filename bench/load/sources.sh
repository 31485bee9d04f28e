#!/bin/bash
# 200 clients, each with its own source address, at a stable rate: sources.sh [RATE] [SECONDS]
set -eu
. "$(dirname "$0")/common.sh"
need nginx python3
rate=${1:-2000}; seconds=${2:-20}
start_nginx 18490
for policy in pinned churn:100 per-request; do
  r=$rate; [ "$policy" = per-request ] && r=$((rate / 4))
  load http://127.0.0.1:18490/ -r "$r" -d "${seconds}s" -n 10000000 --warmup 5s -c 200 --sources 127.1.0.0/24 --connections "$policy"
  json "'%-12s %5d/s from %d addresses: answered %.1f/s, second by second %.0f to %.0f; %d connections, errors %d, source kept %.1f %%, p99 %.2f ms' % ('$policy', $r, d['affinity']['sources'], d['requests']['rate'], *(f([i['due']/(i['to']-i['from']) for i in d['intervals'] if i['to']-i['from'] > 0.9]) for f in (min, max)), d['connections']['used'], d['requests']['failed'], 100*d['census']['preserved']/max(1,d['census']['connections']), d['latency']['response']['p99']/1e6)"
done
