#!/bin/bash
# Percentiles against a server that records the delays it makes, and the error of the rate: accuracy.sh [ROUNDS] [SECONDS]
set -eu
. "$(dirname "$0")/common.sh"
need nginx python3
rounds=${1:-3}; seconds=${2:-20}
for _ in $(seq "$rounds"); do
  bench Accuracy "$seconds"
  echo
done
start_nginx 18481
for rate in 1000 10000; do
  for _ in $(seq "$rounds"); do
    load http://127.0.0.1:18481/ -r "$rate" -d 10s -n 10000000 --warmup 5s -c 64
    json "'rate %6d/s: answered %.1f/s, off by %+.3f %%; send lag p50 %.0f us, p99 %.2f ms; machine %.0f %% busy%s' % ($rate, d['requests']['rate'], (d['requests']['rate'] / $rate - 1) * 100, d['generator']['lag']['p50'] / 1e3, d['generator']['lag']['p99'] / 1e6, d['generator'].get('machineBusy', 0) * 100, '; the generator was the limit' if d['generator']['wasTheLimit'] else '')"
  done
done
