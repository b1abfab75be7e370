#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# All of lint, each check by its name; a tool that is missing is said aloud.
# shellcheck disable=SC2317 # the checks are called by name
set -u
failed=0
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)

# check NAME COMMAND...
check() {
    name=$1
    shift
    if "$@"; then
        echo "lint: $name ok"
    else
        echo "lint: $name FAILED"
        failed=1
    fi
}

# with TOOL NAME COMMAND...: only when the tool is there
with() {
    if command -v "$1" >/dev/null; then
        shift
        check "$@"
    else
        echo "lint: ATTENTION: no $1, so $2 is not checked"
        [ "${LINT_STRICT:-0}" = 1 ] && failed=1
    fi
}

sources() {
    find src tests -name '*.[ch]' | LC_ALL=C sort
}

check_format() {
    sources | xargs clang-format --dry-run -Werror
}

# The flags are written into a file, where quotes need no second thought.
check_tidy() {
    mkdir -p build/lint
    {
        printf '%s\n' -std=c17 -D_XOPEN_SOURCE=700 "-I$PWD/src" -Wall -Wextra \
            '-DLORAEXPLORE_VERSION="0"' '-DLORAEXPLORE_BLAS="none"' \
            '-DLORAEXPLORE_DATADIR="/usr/local/share/loraexplore"'
        pkg-config --cflags gsl jansson libpcre2-8 2>/dev/null |
            tr ' ' '\n' | grep .
    } >build/lint/compile_flags.txt
    # One file a run: the analyzer of clang 14 mixes up va_lists between files.
    find src -name '*.c' | LC_ALL=C sort |
        xargs -P "$jobs" -n 1 clang-tidy --quiet -p build/lint \
            >build/lint/tidy.log 2>&1
    status=$?
    grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed|^Use -header' \
        build/lint/tidy.log
    return "$status"
}

check_manual() {
    mandoc -T lint -W warning man/*.1
}

check_shell() {
    find .ci src tests man \( -name '*.sh' -o -name '*.bash' -o \
        -path .ci/run \) -exec shellcheck -x {} +
}

for part in spdx layers bans sizes headers; do
    check "$part" sh "tests/lint/$part.sh"
done
with clang-format format check_format
with clang-tidy clang-tidy check_tidy
with shellcheck shell check_shell
if [ -n "$(find man -name '*.1' 2>/dev/null)" ]; then
    with mandoc manual check_manual
fi
exit "$failed"
