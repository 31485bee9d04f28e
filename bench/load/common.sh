# What the comparisons of bench/load share: where things are, and nginx on loopback. Sourced, not run.
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/kube-echo-bench.XXXXXX")
started=""
cleanup() {
  for pid in $started; do kill "$pid" 2>/dev/null || true; done
  [ -f "$work/nginx.pid" ] && kill "$(cat "$work/nginx.pid")" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT

need() {
  for tool in "$@"; do
    command -v "$tool" >/dev/null || { echo "bench: needs $tool (Debian packages: nginx wrk hey nghttp2-client)" >&2; exit 4; }
  done
}

# the launcher's C1-only flags are for a quick start; a load generator wants the optimising compiler
classpath="$root/harness/target/classes:$root/harness/target/test-classes:$root/harness/target/lib/*"
[ -d "$root/harness/target/lib" ] || { echo "bench: not built yet; run 'mvn package'" >&2; exit 4; }
load() { java -XX:+UseSerialGC -Xmx256m -cp "$classpath" io.kubeecho.cli.Main load "$@" --no-live --out "$work/report"; }
json() { python3 -c "import json,sys; d=json.load(open('$work/report/load.json')); print(eval(sys.argv[1]))" "$1"; }

# nginx with echo-nginx's one location and no access log, one worker, on 127.0.0.1:$1
start_nginx() {
  cat >"$work/nginx.conf" <<CONF
worker_processes 1; pid $work/nginx.pid; error_log $work/nginx.log;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 100000000; keepalive_timeout 600;
  client_body_temp_path $work/b; proxy_temp_path $work/p; fastcgi_temp_path $work/f; uwsgi_temp_path $work/u; scgi_temp_path $work/s;
  server { listen 127.0.0.1:$1 backlog=1024; location / { default_type text/plain;
    return 200 "Host=\$host  Path=\$request_uri  From=\$hostname  ClientIP=\$remote_addr  XFF=\$http_x_forwarded_for\n"; } }
}
CONF
  ${2:-} nginx -c "$work/nginx.conf"
}

# the median of the numbers on standard input
median() { sort -n | awk '{ v[NR] = $1 } END { print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2) }'; }
