# What the parts of bench/load share: where things are, the launcher, and nginx on loopback. Sourced, not run.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
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
    command -v "$tool" >/dev/null || { echo "bench: needs $tool (Debian packages: nginx-light wrk hey nghttp2-client python3)" >&2; exit 4; }
  done
}

classpath="$root/harness/target/classes:$root/harness/target/test-classes:$root/harness/target/lib/*"
[ -x "$root/kube-echo" ] && [ -f "$root/harness/target/test-classes/io/kubeecho/load/bench/Pairs.class" ] ||
  { echo "bench: not built yet; run 'make build && mvn test-compile'" >&2; exit 4; }
bench() { local name=$1; shift; java -XX:+UseSerialGC -cp "$classpath" "io.kubeecho.load.bench.$name" "$@" 2>/dev/null; }
# the launcher, as a user runs it. 3 says that the generator was the limit, which a closed load always is
load() {
  local code=0
  $pin "$root/kube-echo" load "$@" --no-live --out "$work/report" >"$work/load.out" 2>&1 || code=$?
  case $code in 0 | 3) ;; *) echo "bench: kube-echo load ended with $code" >&2; tail -3 "$work/load.out" >&2; exit 1 ;; esac
}
pin=""
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
