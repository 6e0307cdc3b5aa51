#!/bin/sh
# Installs, where it may, what the tests start for real. Tests name what is missing and skip.
set -eu

missing=""
need() { # command, package
  command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need chromium chromium
need firefox-esr firefox-esr
need Xvfb xvfb
need openbox openbox
need xterm xterm
need xrandr x11-xserver-utils
need turnserver coturn
need dbus-daemon dbus-daemon
need ip iproute2
need iptables iptables
need redis-server redis-server
[ -n "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || missing="$missing postgresql"

if [ "${1:-}" = bench ]; then # what the benches compare with
  need x11vnc x11vnc
  need websockify websockify
  [ -e /usr/share/novnc/vnc_lite.html ] || missing="$missing novnc"
fi
/usr/bin/python3 -c "import tkinter" >/dev/null 2>&1 || missing="$missing python3-tk"

[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "not installed, tests that need them are skipped:$missing" >&2
  exit 0
fi
apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing fonts-liberation >/dev/null
