#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Includes go from a layer to itself or to its left, never to the right.
set -u

awk '
BEGIN {
    allowed["base"] = "base"
    allowed["tool"] = "base"
    allowed["formats"] = allowed["base"] " formats"
    allowed["model"] = allowed["formats"] " model"
    allowed["adapter"] = allowed["model"] " adapter"
    allowed["memory"] = allowed["adapter"] " memory"
    allowed["spectrum"] = allowed["adapter"] " spectrum"
    allowed["explorer"] = allowed["memory"] " spectrum explorer"
    allowed["tui"] = allowed["explorer"] " tui"
    allowed["cli"] = allowed["explorer"] " cli"
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
    split(FILENAME, path, "/")
    split($0, quoted, "\"")
    from = path[2]
    to = quoted[2]
    if (!sub("/.*", "", to)) {
        print FILENAME ":" FNR ": include it as \"layer/" quoted[2] "\""
        bad = 1
    } else if (!(from in allowed)) {
        print FILENAME ":" FNR ": the layer " from " is not known here"
        bad = 1
    } else if (index(" " allowed[from] " ", " " to " ") == 0) {
        print FILENAME ":" FNR ": " from " may not include " quoted[2]
        bad = 1
    }
}
END { exit bad }
' src/*/*.c src/*/*.h
