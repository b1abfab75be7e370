#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Compares the program with PEFT itself, in a Python environment that it builds
# under build/interop; skips, with status 0, where that cannot be had.
#
# usage: tests/interop/run.sh [PATTERN]   cases whose names hold PATTERN
# LORAEXPLORE is the program, LORAEXPLORE_INTEROP_PYTHON a Python that has PEFT
# already, of any release: nothing is installed then.
set -u
here=$(dirname "$0")
program=${LORAEXPLORE:-build/loraexplore}
environment=build/interop
pins='peft==0.21.2 transformers==5.23.0'
# On Linux the plain wheel of torch brings gigabytes of CUDA along.  A version
# that ends in +cpu never does: it is found there, or pip fails.
cpu_index=https://download.pytorch.org/whl/cpu
torch=torch==2.13.0
[ "$(uname -s)" != Linux ] || torch=$torch+cpu
seconds=600

skip() {
    echo "interop: skipped, nothing was compared with PEFT: $1"
    exit 0
}

limited() {
    if command -v timeout >/dev/null; then
        timeout "$seconds" "$@"
    else
        "$@"
    fi
}

# pip's own words are for the reader, who may want to mend what failed.
install() {
    limited "$environment/bin/pip" install --quiet --timeout 20 \
        --disable-pip-version-check "$@" ||
        skip "pip could not install $torch $pins (see above)"
}

build_environment() {
    command -v python3 >/dev/null || skip "there is no python3"
    rm -rf "$environment"
    mkdir -p "$(dirname "$environment")"
    python3 -m venv "$environment" ||
        skip "python3 -m venv failed (Debian has it in python3-venv)"
    echo "interop: installing $torch $pins into $environment"
    install --retries 0 --no-deps --extra-index-url "$cpu_index" "$torch"
    # shellcheck disable=SC2086 # the pins are several words
    install --retries 1 "$torch" $pins
    echo "$torch $pins" >"$environment/ready"
}

if [ ! -x "$program" ]; then
    echo "interop: there is no $program; run make first" >&2
    exit 1
fi
python=${LORAEXPLORE_INTEROP_PYTHON:-}
if [ -z "$python" ]; then
    [ "$(cat "$environment/ready" 2>/dev/null)" = "$torch $pins" ] ||
        build_environment
    python=$environment/bin/python
fi
"$python" -c 'import peft, torch, transformers' ||
    skip "$python cannot load peft, torch and transformers (see above)"
PYTHONDONTWRITEBYTECODE=1 exec "$python" "$here/interop.py" "$program" "$@"
