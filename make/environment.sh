#!/bin/sh
# Makes .venv and installs the packages of the given requirement files into it; in no time when that
# is done already. Says in one line what is missing when it cannot.
set -eu

venv=.venv
python=$venv/bin/python

fail() {
    echo "make: $*" >&2
    exit 1
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for name in ${PYTHON:-python3 python3.11 python3.12 python3.13 python3.14}; do
        if command -v "$name" >/dev/null 2>&1 && is_new_enough "$name"; then
            command -v "$name"
            return
        fi
    done
    fail "needs Python 3.11 or newer; found: $(python3 --version 2>&1 || true)"
}

make_venv() {
    base=$(find_python)
    echo "Making $venv with $("$base" --version)" >&2
    rm -rf "$venv"
    if "$base" -c 'import ensurepip' 2>/dev/null; then
        "$base" -m venv "$venv" || fail "could not make $venv here"
    elif "$base" -m pip --version >/dev/null 2>&1; then
        "$base" -m venv --without-pip "$venv" || fail "could not make $venv here"
        "$base" -m pip --python "$python" install --quiet pip || fail "could not install pip"
    else
        fail "this Python has no ensurepip; install it (Debian, Ubuntu: apt-get install python3-venv)"
    fi
}

[ -w . ] || fail "$(pwd) is not yours to write; clone it again as $(id -un)"
"$python" -c '' 2>/dev/null && is_new_enough "$python" || make_venv

for requirements in "$@"; do
    stamp=$venv/.installed-$requirements
    wanted=$("$python" --version; cat requirements.txt "$requirements" | cksum)
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        echo "Installing $requirements" >&2
        "$python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" \
            || fail "could not install $requirements; the lines above say why (is there a network?)"
        printf '%s' "$wanted" >"$stamp"
    fi
done
