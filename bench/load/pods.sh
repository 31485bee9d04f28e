#!/bin/bash
# What telling pods apart costs, in CPU time per request on nginx with keep-alive: pods.sh [PAIRS] [MILLIS]
set -eu
. "$(dirname "$0")/common.sh"
need nginx taskset
start_nginx 18484 "taskset -c 0"
taskset -c 1 java -XX:+UseSerialGC -cp "$classpath" io.kubeecho.load.bench.PodAccounting http://127.0.0.1:18484/ "${1:-100}" "${2:-700}" 2>/dev/null
