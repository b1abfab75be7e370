/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a printed total comes about, and what the parts of a match are called.
 */
#include "explorer/lookup.h"

#include <math.h>

#include "base/alloc.h"
#include "explorer/lookup_claim.h"

enum {
    ROWS_MORE = 8192,  /* of a vocabulary: added tokens, padding */
    ROWS_FEWER = 4096, /* padding cut off */
};

const char *lookup_exact_name(enum lookup_exact exact)
{
    static const char *const names[] = {
        [EXACT_BOTH] = "both",
        [EXACT_TRAINABLE] = "trainable",
        [EXACT_ALL] = "all",
    };
    return names[exact];
}

const char *lookup_print_name(enum lookup_print print)
{
    static const char *const names[] = {
        [PRINT_TRUE] = "in full",
        [PRINT_PACKED] = "packed 4-bit",
        [PRINT_HALVED] = "packed 4-bit, trainable halved",
        [PRINT_BUFFERS] = "quantised weights left out",
    };
    return names[print];
}

const char *lookup_layouts_name(unsigned layouts)
{
    const unsigned four = 1u << LAYOUT_4 | 1u << LAYOUT_4_LATE;
    const unsigned five = 1u << LAYOUT_5 | 1u << LAYOUT_5_PLAIN;
    const unsigned early = 1u << LAYOUT_4 | 1u << LAYOUT_5_PLAIN;
    const unsigned late = 1u << LAYOUT_5 | 1u << LAYOUT_4_LATE;
    bool has_four = (layouts & four) != 0;
    bool has_five = (layouts & five) != 0;
    if (has_four && has_five) {
        return (layouts & late) == 0    ? "transformers 4 or 5, PEFT before "
                                          "0.20"
               : (layouts & early) == 0 ? "transformers 4 or 5, PEFT from 0.20"
                                        : "transformers 4 or 5";
    }
    if (has_four) {
        return (layouts & late) == 0 || (layouts & early) != 0
                   ? "transformers 4"
                   : "transformers 4, PEFT from 0.20";
    }
    if (has_five) {
        return (layouts & late) == 0 ? "transformers 5, PEFT before 0.20"
                                     : "transformers 5";
    }
    return layouts != 0 ? "transformers 5, expert parameters" : "";
}

/* ---- totals ---------------------------------------------------------------- */

/* Rows of vocabulary that make WITHOUT into the printed TOTAL; 0: none do. */
static int64_t explain_rows(const struct lookup_totals *totals, uint64_t total,
                            uint64_t without)
{
    bool more = total > without;
    uint64_t away = more ? total - without : without - total;
    if (totals->row == 0 || away % totals->row != 0) {
        return 0;
    }
    uint64_t rows = away / totals->row;
    uint64_t most = more ? ROWS_MORE : ROWS_FEWER;
    if (rows > most || (!more && rows >= totals->vocabulary)) {
        return 0;
    }
    return more ? (int64_t)rows : -(int64_t)rows;
}

struct lookup_fit lookup_fit_total(const struct lookup_totals *totals,
                                   const struct lookup_line *line,
                                   uint64_t added)
{
    static const enum lookup_print prints[] = {PRINT_TRUE, PRINT_PACKED,
                                               PRINT_BUFFERS};
    struct lookup_fit fit = {0};
    bool is_base = false;
    for (size_t i = 0; line->all.given && i < 3; i++) {
        uint64_t base = totals->base[prints[i]];
        uint64_t total = 0;
        if (!checked_add(base, added, &total)) {
            continue;
        }
        if (lookup_figure_fits(&line->all, total)) {
            return (struct lookup_fit){
                .exact = true, .print = prints[i], .near = true};
        }
        uint64_t away = total > line->all.value ? total - line->all.value
                                                : line->all.value - total;
        fit.near = fit.near || away < base / 50;
        is_base = is_base || line->all.value == base;
        if (fit.rows == 0 && prints[i] != PRINT_BUFFERS && !line->all.rounded) {
            fit.rows = explain_rows(totals, line->all.value, total);
            fit.print = fit.rows != 0 ? prints[i] : PRINT_TRUE;
        }
    }
    if (!line->all.given && line->has_percent) {
        double share =
            100.0 * (double)added / (double)(totals->base[PRINT_TRUE] + added);
        fit.near = fabs(share - line->percent) <= line->percent_margin;
    }
    if (is_base) { /* the base's own total is no resized vocabulary */
        fit.rows = 0;
        fit.print = PRINT_TRUE;
    }
    return fit;
}
