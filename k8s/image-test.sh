#!/bin/bash
# Does the echo server's image keep its promises? Runs it as a cluster would, locked down, on a network of its own.
#   k8s/image-test.sh [IMAGE]     (kube-echo/echo-server:dev)
# Exit: 0 all passed, 1 not, 4 no engine or no image.
set -euo pipefail
image=${1:-kube-echo/echo-server:dev}
run=kube-echo-image-test-$$ failed=0
locked=(--read-only --cap-drop ALL --user 65532:65532 --security-opt no-new-privileges --memory 192m --pids-limit 64)

docker image inspect "$image" >/dev/null 2>&1 || { echo "image-test: no engine, or no image $image" >&2; exit 4; }
# shellcheck disable=SC2317 # the trap calls it
clean() { docker ps -aq --filter "label=$run" | xargs -r docker rm -f >/dev/null; docker network rm "$run" >/dev/null 2>&1 || true; }
trap clean EXIT
trap 'exit 130' INT TERM
docker network create --internal --label "$run" "$run" >/dev/null

check() { # WHAT EXPECTED ACTUAL
  # shellcheck disable=SC2053 # the expected one is a pattern
  if [[ $3 == $2 ]]; then echo "ok    $1"; else
    echo "FAIL  $1"; printf '      expected %s\n      but was  %s\n' "$2" "$3"; failed=1
  fi
}
start() { # NAME ARG...: also waits for its first answer
  local name=$1; shift
  id=$(docker run -d --name "$run-$name" --hostname "$name" --label "$run" --network "${network:-$run}" "${locked[@]}" "$@" "$image")
  at=$(docker inspect -f "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}" "$id")
}
answers() { # PORT
  for _ in {1..100}; do
    if curl -s -o /dev/null -m 2 "http://$at:$1/"; then return; fi
    [ "$(docker inspect -f '{{.State.Running}}' "$id")" = true ] || break
    sleep 0.1
  done
  echo "FAIL  no answer on port $1: $(docker logs "$id" 2>&1 | tail -3)"; failed=1; return 1
}
ends() { # SECONDS: its exit code, or "still running"
  timeout "$1" docker wait "$id" 2>/dev/null || echo "still running"
}

# --- as it comes --------------------------------------------------------------------------------------------------------
start Pod-A
if answers 80; then
  check "the echo line" "Host=$at  Path=/a?b=c  From=pod-a  ClientIP=*  XFF=1.2.3.4" "$(curl -s -H 'X-Forwarded-For: 1.2.3.4' "http://$at/a?b=c")"
  check "a body is read and ignored" "Host=*" "$(head -c 100000 /dev/zero | curl -s --data-binary @- "http://$at/")"
  check "liveness" 200 "$(curl -s -o /dev/null -w '%{http_code}' "http://$at:9180/livez")"
  check "readiness" 200 "$(curl -s -o /dev/null -w '%{http_code}' "http://$at:9180/readyz")"
  check "metrics" "*jvm_*" "$(curl -s "http://$at:9180/metrics")"
  check "the native transport is used" "*native transport*" "$(docker logs "$id" 2>&1)"
  check "two lines are said at start, the second with the settings" "kube-echo: settings: *" "$(docker logs "$id" 2>&1 >/dev/null | sed 1d)"
  check "no process but Java, not root" "65532 java" "$(docker top "$id" -eo pid,uid,comm | awk 'NR > 1 {print $2, $3}')"
  check "nothing was written" "" "$(docker diff "$id" | grep -v '^. /\(dev\|etc\|proc\|run\|sys\)\(/\|$\)' || true)"
  docker kill -s TERM "$id" >/dev/null
  for _ in {1..20}; do ready=$(curl -s -o /dev/null -w '%{http_code}' -m 1 "http://$at:9180/readyz" || true); [ "$ready" = 200 ] || break; sleep 0.05; done
  check "SIGTERM: not ready" 503 "$ready"
  check "SIGTERM: still serving, and says that it closes" "*[Cc]onnection: close*" "$(curl -si "http://$at/")"
  check "SIGTERM: ends with 0" 0 "$(ends 15)"
  check "an access log line for each request" "* \"GET /a?b=c HTTP/1.1\" 200 *" "$(docker logs "$id" 2>/dev/null)"
fi

# --- as the book's samples have it --------------------------------------------------------------------------------------
start pod-b -e NGINX_PORT=81 -e KUBE_ECHO_DRAIN_DELAY=0s
if answers 81; then
  check "NGINX_PORT=81" "Host=$at *From=pod-b *" "$(curl -s "http://$at:81/")"
  docker kill -s TERM "$id" >/dev/null
  check "no drain delay: ends with 0" 0 "$(ends 15)"
fi

# --- the AOT cache, and what an image tells ------------------------------------------------------------------------------
start pod-f -e KUBE_ECHO_DRAIN_DELAY=0s -e JDK_JAVA_OPTIONS=-XX:+UseCompactObjectHeaders
if answers 80; then check "an AOT cache that is refused is said on standard error" "*AOT cache*" "$(docker logs "$id" 2>&1 >/dev/null)"; fi
docker cp -q "$id:/app/sbom.cdx.json" - 2>/dev/null | tar -xO >"/tmp/$run.json" || true
check "an SBOM in CycloneDX" '*"bomFormat" : "CycloneDX"*netty-transport*' "$(cat "/tmp/$run.json")"; rm -f "/tmp/$run.json"
check "labels" "Apache-2.0" "$(docker inspect -f '{{index .Config.Labels "org.opencontainers.image.licenses"}}' "$image")"
check "at most 100 MB" 1 "$(($(docker inspect -f '{{.Size}}' "$image") <= 100000000))"

# --- where it cannot start ----------------------------------------------------------------------------------------------
start pod-c --sysctl net.ipv4.ip_unprivileged_port_start=1024
check "port 80 refused: exit code" 4 "$(ends 10)"
check "port 80 refused: one line that says what to do" "*cannot listen on port 80*ip_unprivileged_port_start=0*NGINX_PORT*" "$(docker logs "$id" 2>&1)"
start pod-d -e NGINX_PORT=http
check "a wrong setting: exit code" 2 "$(ends 10)"
check "a wrong setting: one line that names it" "*NGINX_PORT=http*" "$(docker logs "$id" 2>&1)"
network=none start pod-e
sleep 1
check "without a network it runs too" running "$(docker inspect -f '{{.State.Status}}' "$id")"

exit $failed
