#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every source file begins with its licence and a sentence of purpose.
set -u
failed=0

for file in Makefile .ci/run src/*.c src/*/*.[ch] src/*/*.sh tests/*.sh \
    tests/*/*.[ch] tests/*/*.sh tests/*/*.awk; do
    [ -f "$file" ] || continue
    if ! head -n 2 "$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later'; then
        echo "$file: no SPDX line at its head"
        failed=1
    elif ! head -n 5 "$file" | grep -v SPDX | grep -q '[A-Za-z][a-z]'; then
        echo "$file: no sentence of purpose below its SPDX line"
        failed=1
    fi
done
exit "$failed"
