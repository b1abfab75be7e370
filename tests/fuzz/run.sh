#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs fuzzers, TIME seconds each (60), over the seeds in tests/data/fuzz.
#
# usage: tests/fuzz/run.sh FUZZER...  SEED repeats a run (0: a new one).  What
# they find and learn stays beside the program: *-crash-* and *-leak-* are inputs
# that broke it, NAME.corpus what it has seen.
set -eu

for fuzzer in "$@"; do
    corpus=$fuzzer.corpus
    mkdir -p "$corpus"
    echo "$fuzzer: ${TIME:-60} s"
    "$fuzzer" -seed="${SEED:-0}" -timeout=10 -rss_limit_mb=4096 \
        -max_len=8192 -verbosity=0 -max_total_time="${TIME:-60}" -artifact_prefix="$fuzzer-" \
        "$corpus" "tests/data/fuzz/$(basename "$fuzzer")"
done
