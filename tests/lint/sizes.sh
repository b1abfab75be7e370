#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Ceilings: 700 lines a file, 100 columns, 80 lines and complexity 20 a
# function.  A build file may have 250 lines.
set -u
failed=0
sources=$(find src tests -name '*.[ch]' | LC_ALL=C sort)

# shellcheck disable=SC2086 # a list of names
# Columns are characters: bytes less UTF-8's continuations.
LC_ALL=C awk '
{
    line = $0
    gsub(/[\200-\277]/, "", line)
    if (length(line) > 100) {
        print FILENAME ":" FNR ": " length(line) " columns, 100 at the most"
        bad = 1
    }
    lines[FILENAME]++
}
END {
    for (file in lines) {
        most = file == "Makefile" ? 250 : 700
        if (lines[file] > most) {
            print file ": " lines[file] " lines, " most " at the most"
            bad = 1
        }
    }
    exit bad
}' Makefile $sources || failed=1

if ! command -v pmccabe >/dev/null; then
    echo "sizes: no pmccabe, functions are not measured" >&2
    exit "$failed"
fi
# shellcheck disable=SC2086 # a list of names
pmccabe $sources | awk '
$1 > 20 { print $6 " " $7 ": complexity " $1 ", 20 at the most"; bad = 1 }
$5 > 80 { print $6 " " $7 ": " $5 " lines, 80 at the most"; bad = 1 }
END { exit bad }' || failed=1
exit "$failed"
