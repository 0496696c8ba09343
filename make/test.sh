#!/bin/sh
# Runs the whole suite on two cores. Arguments go to pytest: sh make/test.sh tests/flows
set -eu

python=.venv/bin/python
has_browser() {
    "$python" -c 'import sys; from tests.left_out import chromium; sys.exit(not chromium())'
}

if ! has_browser && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the browser tests" >&2
    export DEBIAN_FRONTEND=noninteractive
    { apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium; } \
        >/dev/null 2>&1 || echo "Chromium could not be installed" >&2
fi

status=0
"$python" -m pytest -q --tb=short --show-capture=stdout -n 2 --dist loadfile --no-loadscope-reorder "$@" || status=$?
"$python" manage.py embedded release >/dev/null || true
exit $status
