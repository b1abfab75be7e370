#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Tests of the command line.  A case in cases/*.t is
#
#     $ COMMAND         run by sh at the top of the tree, loraexplore in PATH,
#                       $T a fresh folder, standard input empty
#     | TEXT            a line of standard output: all of them, in order
#     ! TEXT            a line of standard error: all of them, in order
#     ~ TEXT            a part of some line of standard output; with one of
#                       these the | lines are not compared
#     !~ TEXT           the same for standard error
#     ? STATUS          the exit status, 0 without one
#
# The ```console blocks of README.md are cases too, and the commands of the
# manual's examples have to succeed.  BLESS=1 writes the present outputs into
# the | ! ? lines, the README's blocks and the completions: read the diff.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=${LORAEXPLORE:-$PWD/build/loraexplore}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir "$work/bin" "$work/home" || exit 1
ln -s "$program" "$work/bin/loraexplore" || exit 1
PATH=$work/bin:$PATH
HOME=$work/home
LC_ALL=C.UTF-8
TERM=dumb
export PATH HOME LC_ALL TERM
unset XDG_DATA_HOME XDG_CONFIG_HOME NO_COLOR COLUMNS LINES POSIXLY_CORRECT
passed=0
failed=0
bless=${BLESS:-}

pass() {
    passed=$((passed + 1))
}

fail() {
    failed=$((failed + 1))
    printf 'FAILED %s: %s\n' "$1" "$2"
}

# run COMMAND: leaves out, err and status in $work.
run() {
    rm -rf "$work/t"
    mkdir "$work/t"
    T=$work/t timeout 60 sh -c "$1" </dev/null >"$work/out" 2>"$work/err"
    status=$?
}

# Is each line of FILE $1 part of some line of FILE $2?
has_parts() {
    while IFS= read -r part; do
        grep -qF -- "$part" "$2" || return 1
    done <"$1"
}

# judge NAME: compare what ran with what was wanted.
judge() {
    problem=
    if [ "$status" -ne "$want_status" ]; then
        problem="status $status, not $want_status"
    elif [ -s "$work/parts.out" ]; then
        has_parts "$work/parts.out" "$work/out" || problem='standard output'
    elif ! cmp -s "$work/want.out" "$work/out"; then
        problem='standard output'
    fi
    if [ -z "$problem" ] && [ -s "$work/parts.err" ]; then
        has_parts "$work/parts.err" "$work/err" || problem='standard error'
    elif [ -z "$problem" ] && ! cmp -s "$work/want.err" "$work/err"; then
        problem='standard error'
    fi
    if [ -z "$problem" ]; then
        pass
        return
    fi
    fail "$1" "$problem"
    diff "$work/want.out" "$work/out" | head -n 20
    head -n 5 "$work/err"
}

# Write the case that just ran, with its present outputs, to $work/blessed.
write_case() {
    printf '$ %s\n' "$command"
    if [ -s "$work/parts.out" ]; then
        sed 's/^/~ /' "$work/parts.out"
    else
        sed 's/^/| /; s/ $//' "$work/out"
    fi
    if [ -s "$work/parts.err" ]; then
        sed 's/^/!~ /' "$work/parts.err"
    else
        sed 's/^/! /; s/ $//' "$work/err"
    fi
    [ "$status" -eq 0 ] || printf '? %s\n' "$status"
}

finish_case() {
    [ -n "$command" ] || return 0
    run "$command"
    if [ -n "$bless" ]; then
        write_case >>"$work/blessed"
        pass
    else
        judge "$1: $command"
    fi
    command=
}

start_case() {
    command=$1
    want_status=0
    : >"$work/want.out"
    : >"$work/want.err"
    : >"$work/parts.out"
    : >"$work/parts.err"
}

run_cases() {
    cp "$1" "$work/cases" || exit 1
    command=
    : >"$work/blessed"
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        '$ '*)
            finish_case "$1"
            start_case "${line#??}"
            ;;
        '| '*) printf '%s\n' "${line#??}" >>"$work/want.out" ;;
        '|') echo >>"$work/want.out" ;;
        '~ '*) printf '%s\n' "${line#??}" >>"$work/parts.out" ;;
        '!~ '*) printf '%s\n' "${line#???}" >>"$work/parts.err" ;;
        '! '*) printf '%s\n' "${line#??}" >>"$work/want.err" ;;
        '? '*) want_status=${line#??} ;;
        *)
            finish_case "$1"
            printf '%s\n' "$line" >>"$work/blessed"
            ;;
        esac
    done <"$work/cases"
    finish_case "$1"
    [ -z "$bless" ] || cat "$work/blessed" >"$1"
}

# The README's console blocks: a command behind "$ ", then what it prints.
run_readme() {
    in_block=
    command=
    : >"$work/readme"
    while IFS= read -r line || [ -n "$line" ]; do
        case $in_block$line in
        '```console') in_block=yes ;;
        'yes```')
            finish_readme
            in_block=
            ;;
        'yes$ '*)
            finish_readme
            start_case "${line#??}"
            ;;
        yes*)
            printf '%s\n' "$line" >>"$work/want.out"
            continue
            ;;
        esac
        printf '%s\n' "$line" >>"$work/readme"
    done <README.md
    [ -z "$bless" ] || cat "$work/readme" >README.md
}

finish_readme() {
    [ -n "$command" ] || return 0
    run "$command"
    cat "$work/out" >>"$work/readme"
    : >"$work/err"
    want_status=$status
    if [ -n "$bless" ]; then
        pass
    else
        judge "README.md: $command"
    fi
    command=
}

run_manual() {
    sed -n 's/^\.Dl loraexplore/loraexplore/p' man/loraexplore.1 |
        grep -v '^loraexplore$' >"$work/examples"
    while IFS= read -r line; do
        run "$line"
        if [ "$status" -eq 0 ] && [ -s "$work/out" ]; then
            pass
        else
            fail "man/loraexplore.1: $line" "status $status"
        fi
    done <"$work/examples"
}

# completion SHELL FILE: the committed script is the one that is printed.
completion() {
    run "loraexplore completion $1"
    if [ -n "$bless" ]; then
        cat "$work/out" >"man/completions/$2"
    fi
    if cmp -s "$work/out" "man/completions/$2"; then
        pass
    else
        fail "man/completions/$2" "is not what completion $1 prints"
    fi
}

# src/README.md names each source file, and none that is not there.
code_map() {
    (cd src && find . -name '*.[ch]' -o -name '*.sh') | sed 's|.*/||' |
        LC_ALL=C sort -u >"$work/there"
    # shellcheck disable=SC2016 # the backquotes are Markdown's
    grep -o '`[a-z0-9_]*\.\(c\|h\|sh\)`' src/README.md | tr -d '`' |
        LC_ALL=C sort -u >"$work/listed"
    if cmp -s "$work/there" "$work/listed"; then
        pass
    else
        fail src/README.md 'the code map differs from the files:'
        diff "$work/there" "$work/listed"
    fi
}

for file in tests/cli/cases/*.t; do
    run_cases "$file"
done
[ ! -f README.md ] || run_readme
[ ! -f man/loraexplore.1 ] || run_manual
code_map
completion bash loraexplore.bash
completion zsh _loraexplore
completion fish loraexplore.fish
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
