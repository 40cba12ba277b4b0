#!/bin/sh
# See to what pip and npm cannot bring: present, or installed where we may, or named in one sentence.
#
#   sh requirements/debian.sh python pdf browser
set -eu
python=${PYTHON:-python3}

packages_for() {
    case $1 in
    python) echo python3-venv ;;
    pdf) echo libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 ;;
    browser) echo chromium ;;
    esac
}

present() {
    case $1 in
    python) $python -c "import ensurepip, venv" ;;
    pdf) $python -c "
import ctypes
for name in ('libpango-1.0.so.0', 'libpangoft2-1.0.so.0', 'libharfbuzz-subset.so.0'):
    ctypes.CDLL(name)" ;;
    browser) command -v chromium || command -v chromium-browser || command -v google-chrome ;;
    esac >/dev/null 2>&1
}

missing() {
    for each in "$@"; do
        present "$each" || packages_for "$each"
    done
}

install() {
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    command -v apt-get >/dev/null && $as_root true 2>/dev/null || return 0
    echo "Installing" "$@"
    { $as_root apt-get update -qq &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } \
        >/dev/null 2>&1 || true
}

packages=$(missing "$@")
[ -z "$packages" ] || install $packages

packages=$(echo $(missing "$@"))
[ -z "$packages" ] || {
    echo "Missing here: $packages; install with: apt-get update && apt-get install -y $packages (as root)." >&2
    exit 1
}
