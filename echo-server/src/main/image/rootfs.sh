#!/bin/sh
# rootfs.sh DIRECTORY PACKAGE...: what the JVM needs of Debian to run in an image that starts from nothing: the libraries that it
# is linked with, the users, and for scanners the packages' records and licences.
set -eu
root=$1; shift
mkdir -p "$root/etc" "$root/usr/lib" "$root/usr/lib64" "$root/var/lib/dpkg/status.d"
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"
mkdir -m 1777 "$root/tmp"
find /opt/java /app/native \( -name '*.so' -o -path '*/bin/java' \) -exec ldd {} + |
  awk '$2 == "=>" && $3 ~ /^\// {print $3} $1 ~ /^\/lib/ {print $1}' | grep -v '^/\(opt\|app\)/' | sort -u |
  while read -r library; do
    mkdir -p "$(dirname "$root$library")"
    cp -L --preserve=mode,timestamps "$library" "$root$library"
  done
printf 'root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:\nnonroot:x:65532:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
cp -L /etc/os-release "$root/etc/os-release"
for package in "$@"; do
  dpkg-query --status "$package" >"$root/var/lib/dpkg/status.d/$package"
  # some have theirs in the package that they are built with
  if [ -e "/usr/share/doc/$package/copyright" ]; then
    mkdir -p "$root/usr/share/doc/$package"
    cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/"
  fi
done
