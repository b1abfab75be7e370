#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Words that may not occur, or only in one place; see code.awk for what counts.
set -u

code=$(mktemp) || exit 1
trap 'rm -f "$code"' EXIT
failed=0

# ban PATTERN WHY [ALLOWED-PATHS]
ban() {
    found=$(grep -E ":[0-9]+:(.*[^A-Za-z0-9_])?($1)" "$code" |
        grep -vE "^(${3:-none}):?")
    if [ -n "$found" ]; then
        echo "$found" | sed "s|\$|   <- $2|"
        failed=1
    fi
}

# code FOLDER...: their C source, stripped
code() {
    find "$@" -name '*.[ch]' | LC_ALL=C sort |
        xargs awk -f tests/lint/code.awk >"$code"
}

code src tests
ban '(strcpy|strcat|v?sprintf|strtok|ato[ifl]|gets|alloca) *\(' 'unbounded'
ban '[fs]?scanf *\(' 'scanf: parse with base/text'
ban 'setlocale *\( *LC_ALL' 'a decimal comma would break the numbers'

code src
ban '(malloc|calloc|realloc|free|strn?dup|v?asprintf|getline) *\(' \
    'use base/alloc' src/base/alloc.c
ban '(v?f?printf|f?puts|f?putc|putchar|perror|fwrite) *\(' \
    'only cli/ prints' 'src/(cli|tool)/[a-z_]*\.c'
ban '# *include *<n?curses' 'only tui/ knows curses' 'src/tui/[a-z_]*\.[ch]'
ban '# *include *<(gsl/|cblas)' 'only spectrum/ knows GSL' \
    'src/spectrum/[a-z_0-9]*\.[ch]'
ban '(pthread_[a-z]|# *include *<pthread)' 'threads live in two rooms' \
    'src/(base/parallel|explorer/jobs)[a-z_]*\.[ch]'
ban '(exit|abort|_Exit) *\(' 'errors are values' 'src/(main|cli/.*|tui/.*|tool/.*)\.c'

grep -nE -e '-march=native|-ffast-math' Makefile && failed=1
grep -rnE '(^|[^#])//' --include='*.[ch]' src | grep -vE '["*].*//|https?://' &&
    echo "comments are /* */ here" && failed=1
exit "$failed"
