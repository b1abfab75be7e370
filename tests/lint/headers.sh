#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every header compiles alone, and has a guard named after its path.
set -u
failed=0
flags="-std=c17 -D_XOPEN_SOURCE=700 -Isrc -Wall -Wextra -Wpedantic -Werror"
flags="$flags $(pkg-config --cflags gsl jansson libpcre2-8 2>/dev/null)"

for header in src/*/*.h; do
    # A translation unit needs a declaration of its own.
    # shellcheck disable=SC2086 # several flags
    printf '#include "%s"\nextern int unused;\n' "${header#src/}" |
        ${CC:-cc} $flags -fsyntax-only -x c - || failed=1
    guard=$(echo "${header#src/}" | tr 'a-z/.-' 'A-Z___')
    grep -q "^#ifndef $guard\$" "$header" || {
        echo "$header: its guard is not $guard"
        failed=1
    }
done
exit "$failed"
