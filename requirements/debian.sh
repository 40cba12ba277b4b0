#!/bin/sh
# See to what pip and npm cannot bring: present, or installed where we may, or named in one sentence.
#
#   sh requirements/debian.sh python | pdf | browser
set -eu

case $1 in
python)
    packages="python3-venv"
    present() { "${PYTHON:-python3}" -c "import ensurepip, venv"; }
    ;;
pdf)
    packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    present() {
        "${PYTHON:-python3}" -c "
import ctypes
for name in ('libpango-1.0.so.0', 'libpangoft2-1.0.so.0', 'libharfbuzz-subset.so.0'):
    ctypes.CDLL(name)"
    }
    ;;
browser)
    packages="chromium"
    present() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
    ;;
esac

present >/dev/null 2>&1 && exit 0

as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
    echo "Installing $packages"
    { $as_root apt-get update -qq &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; } \
        >/dev/null 2>&1 || true
fi

present >/dev/null 2>&1 && exit 0
echo "Missing on this machine: $packages; install with: apt-get update && apt-get install -y $packages (as root)." >&2
exit 1
