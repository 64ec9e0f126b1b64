#!/bin/sh
# Finds a Python that is new enough and hands over to scripts/steps.py.
set -eu
cd "$(dirname "$0")/.."

fits() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

found=""
for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python .venv/bin/python; do
    if fits "$candidate"; then
        found=$candidate
        break
    fi
done

if [ -z "$found" ]; then
    echo "Tongchuang needs Python 3.11 or newer; this machine has $(python3 --version 2>/dev/null || echo 'no python3')." >&2
    echo "Install it, or name it: make ${1:-run} PYTHON=/path/to/python3.11" >&2
    echo "需要 Python 3.11 或更新版本。请先安装，或用 PYTHON=路径 指明。" >&2
    exit 1
fi
if [ ! -x .venv/bin/python ] && ! "$found" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    echo "$("$found" --version) comes without the venv module." >&2
    echo "On Debian and Ubuntu: apt-get install python3-venv" >&2
    echo "缺少 venv 模块。Debian、Ubuntu 上请执行：apt-get install python3-venv" >&2
    exit 1
fi
exec "$found" scripts/steps.py "$@"
