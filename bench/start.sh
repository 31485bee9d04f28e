#!/bin/bash
# How long does a server take from the start of its process to its first answer, and how much memory has it then?
#   bench/start.sh IMAGE                        the echo server of an image, run from its unpacked files; needs root
#   bench/start.sh --port PORT COMMAND...       any server that listens on 127.0.0.1:PORT
# RUNS (11) is how often, SETTLE (5) the seconds from the answer to the look at memory. Prints each run and the medians; CPU time tells more than the clock on a busy machine.
# The client connects in a tight loop, with a pause of half a millisecond, and in this shell: it starts no process.
set -euo pipefail
runs=${RUNS:-11} settle=${SETTLE:-5}

median() { sort -n | awk '{v[NR] = $1} END {print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }
pause() { read -rt "$1" -u 9 || true; } # nobody writes to it
exec 9<> <(:)
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
free_port() { local p; for ((;;)); do p=$((20000 + SRANDOM % 10000)); answers $p || break; done; echo $p; }

if [ "${1:-}" = --port ]; then port=$2; shift 2; command=("$@"); root=''
else
  image=${1:?which image?}
  port=$(free_port) management=$(free_port)
  root=$(mktemp -d) container=$(docker create "$image")
  # shellcheck disable=SC2064 # the ones of now
  trap "docker rm -f $container >/dev/null; rm -rf '$root'" EXIT
  chmod 755 "$root"
  docker export "$container" | tar -x -C "$root"
  mapfile -t entry < <(docker inspect -f '{{range .Config.Entrypoint}}{{println .}}{{end}}' "$image" | grep .)
  mapfile -t env < <(docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' "$image" | grep .)
  export NGINX_PORT=$port KUBE_ECHO_MANAGEMENT_PORT=$management KUBE_ECHO_HOST=127.0.0.1 KUBE_ECHO_DRAIN_DELAY=0s
  # its own mounts, so that its /proc goes with it
  # shellcheck disable=SC2016 # the inner shell expands it
  command=(env "${env[@]}" unshare --mount sh -c 'mount --rbind /proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot --userspec=65532:65532 "$0" "$@"' "$root" "${entry[@]}")
fi

times=() cpus=() sizes=()
! answers "$port" || { echo "start: something listens on port $port already" >&2; exit 1; }
for ((run = 1; run <= runs; run++)); do
  began=${EPOCHREALTIME/./}
  "${command[@]}" >/dev/null 2>/tmp/start.$$ &
  pid=$!
  for ((;;)); do
    if { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then
      printf 'GET / HTTP/1.1\r\nHost: start\r\nConnection: close\r\n\r\n' >&3
      if read -rt 5 -u 3 line && [[ $line == HTTP/1.1\ 200* ]]; then break; fi
    fi
    kill -0 $pid 2>/dev/null || { cat /tmp/start.$$ >&2; exit 1; }
    pause 0.0005
  done
  answered=${EPOCHREALTIME/./}
  cpu=$(cat /proc/$pid/task/*/schedstat | awk '{sum += $1} END {printf "%d", sum / 1e5}')
  exec 3>&-
  took=$(((answered - began) / 100)) # tenths of a millisecond
  sleep "$settle"
  size=$(awk '/^VmRSS/ {print $2}' "/proc/$pid/status")
  kill -TERM $pid; wait $pid || true
  printf '%4d.%d ms  %4d.%d ms of CPU  %6d KiB\n' $((took / 10)) $((took % 10)) $((cpu / 10)) $((cpu % 10)) "$size"
  times+=("$took") cpus+=("$cpu") sizes+=("$size")
done
rm -f /tmp/start.$$
tenths() { printf '%s\n' "$@" | median | awk '{print $1 / 10}'; }
echo "median of $runs runs: $(tenths "${times[@]}") ms to the first answer ($(tenths "${cpus[@]}") ms of CPU)," \
  "$(printf '%s\n' "${sizes[@]}" | median) KiB resident $settle s later"
