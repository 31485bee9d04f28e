#!/bin/sh
# Makes the AOT cache /app/echo-server.aot of the files in /app and /opt/java, by a training run with the options of the image.
set -eu
work=$(mktemp -d)
sed 's/^-XX:AOTCache=.*//' /app/java.options >"$work/options"
# Only data in the cache, no machine code: it is made on one CPU and used on all others of its architecture.
baseline='-XX:-AOTAdapterCaching -XX:-AOTStubCaching'
# No profiles either: what they make the JVM compile while it starts costs a sixth of the CPU time until the first answer
# and 3 MB, and the server warms up no later without them.
lean=-XX:-AOTRecordTraining
diagnostic=-XX:+UnlockDiagnosticVMOptions
export NGINX_PORT=8080 KUBE_ECHO_MANAGEMENT_PORT=9180 KUBE_ECHO_DRAIN_DELAY=0s
# shellcheck disable=SC2086
"$JAVA_HOME/bin/java" "$(dirname "$0")/Train.java" 8080 9180 \
  /opt/java/bin/java $diagnostic $lean -XX:AOTMode=record -XX:AOTConfiguration="$work/conf" "@$work/options"
# shellcheck disable=SC2086
/opt/java/bin/java $diagnostic $baseline $lean -XX:AOTMode=create -XX:AOTConfiguration="$work/conf" -XX:AOTCache=/app/echo-server.aot "@$work/options"
chmod 644 /app/echo-server.aot
# refused here, refused everywhere: with "on" the JVM ends instead of going on without
/opt/java/bin/java -XX:AOTMode=on @/app/java.options --help >/dev/null
rm -rf "$work"
