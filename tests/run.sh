#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs tests and adds up what they say; ends with "N passed, M failed".
#
# usage: tests/run.sh TEST...  A compiled test speaks TAP (cmocka does); a
# script, *.sh, ends with a line "N passed, M failed[, K skipped]".  WRAPPER
# goes before each compiled test (valgrind).  A test that dies counts as failed.
set -u
export CMOCKA_MESSAGE_OUTPUT=TAP LC_ALL=C.UTF-8
export ASAN_OPTIONS="${ASAN_OPTIONS:-abort_on_error=0}"

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM
passed=0
failed=0
skipped=0

# Sets p f s from a TAP stream in $log.
count_tap() {
    s=$(grep -cE '^(not )?ok [0-9]+ # SKIP' "$log") # cmocka says "not ok"
    p=$(grep -cE '^ok [0-9]+ - ' "$log")
    f=$(grep -cE '^not ok [0-9]+ - ' "$log")
}

# Sets p f s from the last summary line in $log.
count_summary() {
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" |
        tail -n 1)
    p=$(echo "$line" | sed -n 's/^\([0-9]*\) passed.*/\1/p')
    f=$(echo "$line" | sed -n 's/.* \([0-9]*\) failed.*/\1/p')
    s=$(echo "$line" | sed -n 's/.* \([0-9]*\) skipped.*/\1/p')
    p=${p:-0} f=${f:-0} s=${s:-0}
}

for test in "$@"; do
    name=$(echo "$test" | sed 's|.*tests/||; s|\.sh$||')
    case $test in
    *.sh)
        sh "$test" >"$log" 2>&1
        status=$?
        count_summary
        ;;
    *)
        # shellcheck disable=SC2086 # WRAPPER is several words
        ${WRAPPER:-} "$test" >"$log" 2>&1
        status=$?
        count_tap
        ;;
    esac
    if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
        f=1
        echo "$name: ended with status $status" >>"$log"
    elif [ $((p + f + s)) -eq 0 ]; then
        f=1
        echo "$name: reported no test at all" >>"$log"
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    if [ "$f" -eq 0 ]; then
        echo "ok      $name ($p$([ "$s" -eq 0 ] || echo ", $s skipped"))"
    else
        echo "FAILED  $name ($f of $((p + f)))"
        sed 's/^/        /' "$log"
    fi
done

if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
