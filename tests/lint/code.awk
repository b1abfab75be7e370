# SPDX-License-Identifier: GPL-3.0-or-later
#
# Prints C source as FILE:LINE:text with comments and literals' contents gone,
# so that the checks see code only.  Include lines keep their quoted names.

function blank_literal(quote,    n) {
    n = 1
    while (n < length(rest) && substr(rest, n + 1, 1) != quote) {
        n += substr(rest, n + 1, 1) == "\\" ? 2 : 1
    }
    out = out quote quote
    rest = substr(rest, n + 2)
}

FNR == 1 { in_comment = 0 }

!in_comment && /^[ \t]*#[ \t]*include/ {
    print FILENAME ":" FNR ":" $0
    next
}

{
    rest = $0
    out = ""
    while (rest != "") {
        two = substr(rest, 1, 2)
        one = substr(rest, 1, 1)
        if (in_comment) {
            end = index(rest, "*/")
            in_comment = end == 0
            rest = end == 0 ? "" : substr(rest, end + 2)
        } else if (two == "/*") {
            in_comment = 1
            rest = substr(rest, 3)
        } else if (two == "//") {
            rest = ""
        } else if (one == "\"" || one == "'") {
            blank_literal(one)
        } else {
            out = out one
            rest = substr(rest, 2)
        }
    }
    print FILENAME ":" FNR ":" out
}
