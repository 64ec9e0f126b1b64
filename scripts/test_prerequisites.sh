#!/bin/sh
# Looks for what the tests need beyond Python: a browser, a Chinese font, PostgreSQL.
# As root on Debian or Ubuntu it installs what is missing; elsewhere it says what to install.
set -u
only=${1:-}
missing=""

wants() { [ -z "$only" ] || [ "$only" = "$1" ]; }

has_browser() {
    [ -n "${BROWSER:-}" ] && [ -x "$BROWSER" ] && return 0
    for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
}

has_font() {
    ! command -v fc-list >/dev/null 2>&1 || fc-list :lang=zh family | grep -q .
}

has_postgresql() {
    command -v initdb >/dev/null 2>&1 && return 0
    for place in /usr/lib/postgresql/*/bin/initdb /opt/homebrew/opt/postgresql*/bin/initdb; do
        [ -x "$place" ] && return 0
    done
    return 1
}

if wants browser; then
    has_browser || missing="$missing chromium"
    has_font || missing="$missing fonts-noto-cjk"
fi
if wants postgresql; then
    has_postgresql || missing="$missing postgresql"
fi
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the tests:$missing"
    export DEBIAN_FRONTEND=noninteractive
    # A distribution's own PostgreSQL server is not wanted, only its programs.
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    # shellcheck disable=SC2086  one word per package
    apt-get update -qq && apt-get install -qq -y --no-install-recommends $missing >/dev/null && exit 0
    echo "!!! Could not install:$missing. The tests that need them will be named below." >&2
    exit 1
fi
echo "!!! Missing for the tests:$missing" >&2
echo "!!! Debian, Ubuntu: sudo apt-get install$missing · macOS: brew install postgresql, and Google Chrome" >&2
exit 1
