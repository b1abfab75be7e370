#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs the libraries with the system's package manager, saying how.
#
# usage: deps.sh         install what is missing; nothing when all is there
#        deps.sh --line  only print the command that would install it
set -eu

required="ncursesw gsl jansson libpcre2-8" # pkg-config's names
optional="openblas cmocka vterm"

root=
[ "$(id -u)" -eq 0 ] || root="sudo "

line() {
    if command -v apt-get >/dev/null; then
        echo "${root}apt-get install -y build-essential pkg-config" \
            "libncurses-dev libgsl-dev libopenblas-dev libjansson-dev" \
            "libpcre2-dev libcmocka-dev libvterm-dev"
    elif command -v dnf >/dev/null; then
        echo "${root}dnf install -y gcc make pkgconf-pkg-config ncurses-devel" \
            "gsl-devel openblas-devel jansson-devel pcre2-devel" \
            "libcmocka-devel libvterm-devel"
    elif command -v pacman >/dev/null; then
        echo "${root}pacman -S --needed --noconfirm base-devel ncurses gsl" \
            "openblas jansson pcre2 cmocka libvterm"
    elif command -v apk >/dev/null; then
        echo "${root}apk add build-base pkgconf ncurses-dev gsl-dev" \
            "openblas-dev jansson-dev pcre2-dev cmocka-dev libvterm-dev"
    elif command -v brew >/dev/null; then
        echo "brew install pkgconf ncurses gsl openblas jansson pcre2 cmocka libvterm"
    fi
}

install_line=$(line)
if [ "${1:-}" = --line ]; then
    echo "${install_line:-(install by hand: $required $optional)}"
    exit 0
fi
# shellcheck disable=SC2086 # a list of names
if command -v "${CC:-cc}" >/dev/null &&
    pkg-config --exists $required $optional 2>/dev/null; then
    echo "deps: everything is here already"
    exit 0
fi
if [ -z "$install_line" ]; then
    echo "deps: no package manager known here; install a C compiler," \
        "pkg-config, $required $optional by hand" >&2
    exit 1
fi
case $install_line in
*apt-get*)
    export DEBIAN_FRONTEND=noninteractive
    echo "+ ${root}apt-get update"
    # shellcheck disable=SC2086 # a word or none
    ${root}apt-get update
    ;;
esac
echo "+ $install_line"
$install_line
