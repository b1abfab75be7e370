/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report of `spectrum`: singular values and what they say about rank.
 */
#include "explorer/report.h"

#include <string.h>

#include "base/units.h"
#include "explorer/report_build.h"

enum { LEADING_VALUES = 16 }; /* shown without --values */

static const char *head_line(struct report *report,
                             const struct spectrum *spectrum, struct error *err)
{
    char rows[UNITS_SIZE];
    char cols[UNITS_SIZE];
    char milliseconds[UNITS_SIZE];
    struct text line = {0};
    text_appendf(&line, "%s: %s x %s, %s driver in double precision, %s ms",
                 spectrum->source, units_count(rows, spectrum->rows),
                 units_count(cols, spectrum->cols), spectrum->driver->name,
                 units_fixed(milliseconds, spectrum->seconds * 1e3, 1));
    return report_keep(report, &line, err);
}

static bool add_head(struct report *report, const struct spectrum *spectrum,
                     size_t shown, struct error *err)
{
    const char *line = head_line(report, spectrum, err);
    struct cell shape = cell_shape(report, spectrum->rows, spectrum->cols, err);
    if (line == NULL || shape.kind == CELL_NULL) {
        return false;
    }
    const struct report_field fields[] = {
        {"", "", cell_for_readers(cell_text(line))},
        {"source", "", cell_for_programs(cell_text(spectrum->source))},
        {"module", "", cell_for_programs(cell_null())},
        {"shape", "", cell_for_programs(shape)},
        {"driver", "", cell_for_programs(cell_text(spectrum->driver->name))},
        {"precision", "", cell_for_programs(cell_text("double"))},
        {"accuracy", "",
         cell_for_programs(cell_text(spectrum->driver->accuracy))},
        {"seconds", "", cell_for_programs(cell_real(spectrum->seconds))},
        {"frobenius", "",
         cell_for_programs(cell_real(spectrum->estimates.frobenius))},
        {"values", "", cell_for_programs(cell_reals(spectrum->sigma, shown))},
    };
    return report_add_fields(report, "", "", fields,
                             sizeof fields / sizeof fields[0], err);
}

static bool add_estimates(struct report *report,
                          const struct rank_estimates *estimates,
                          struct error *err)
{
    const struct report_field fields[] = {
        {"r90", "rank for 90 % of the energy", cell_count(estimates->r90)},
        {"r95", "rank for 95 %", cell_count(estimates->r95)},
        {"r99", "rank for 99 %", cell_count(estimates->r99)},
        {"stable", "stable rank", cell_real(estimates->stable)},
        {"effective", "effective rank (entropy of sigma)",
         cell_real(estimates->effective)},
        {"effective_sigma2", "effective rank (entropy of sigma^2)",
         cell_real(estimates->effective_sigma2)},
        {"numerical", "numerical rank", cell_count(estimates->numerical)},
        {"nuclear", "nuclear norm", cell_real(estimates->nuclear)},
        {"participation", "participation ratio",
         cell_real(estimates->participation)},
        {"gavish_donoho", "Gavish-Donoho threshold",
         cell_count(estimates->gavish_donoho)},
        {"noise_edge_rank", "above the noise edge",
         cell_count(estimates->noise_edge_rank)},
        {"mdl", "minimum description length", cell_real(estimates->mdl)},
        {"profile_likelihood", "profile likelihood",
         cell_real(estimates->profile_likelihood)},
        {"", "Frobenius norm",
         cell_for_readers(cell_real(estimates->frobenius))},
    };
    return report_add_fields(report, "estimates", "", fields,
                             sizeof fields / sizeof fields[0], err);
}

static bool add_at_rank(struct report *report, const struct spectrum *spectrum,
                        uint64_t rank, struct error *err)
{
    size_t kept = rank < spectrum->count ? (size_t)rank : spectrum->count;
    uint64_t params = 0;
    if (!checked_mul(rank, spectrum->rows + spectrum->cols, &params)) {
        return error_set(err, ERROR_RANGE,
                         "rank times rows and columns passes 2^64; choose a "
                         "smaller --rank");
    }
    const struct report_field fields[] = {
        {"rank", "at rank", cell_count(rank)},
        {"energy", "energy kept (0 to 1)",
         cell_real(rank_energy(spectrum->sigma, spectrum->count, kept))},
        {"relative_error", "relative error",
         cell_real(
             rank_truncation_error(spectrum->sigma, spectrum->count, kept))},
        {"params", "parameters, r (m + n)", cell_count(params)},
    };
    return report_add_fields(report, "at_rank", "", fields, 4, err);
}

/* The values as readers and spreadsheets want them. */
static bool add_values(struct report *report, const struct spectrum *spectrum,
                       size_t shown, struct error *err)
{
    static const struct report_column columns[] = {
        {"index", "k"},
        {"sigma", "sigma"},
        {"energy", "energy to here"},
        {"relative_error", "relative error"},
    };
    struct report_section *table =
        report_add_table(report, NULL, "", columns, 4, err);
    if (table == NULL) {
        return false;
    }
    const double *sigma = spectrum->sigma;
    for (size_t i = 0; i < shown; i++) {
        const struct cell cells[] = {
            cell_count(i + 1),
            cell_real(sigma[i]),
            cell_real(rank_energy(sigma, spectrum->count, i + 1)),
            cell_real(rank_truncation_error(sigma, spectrum->count, i + 1)),
        };
        if (!report_add_row(report, table, cells, err)) {
            return false;
        }
    }
    return true;
}

static bool add_warnings(struct report *report, const struct spectrum *spectrum,
                         uint64_t rank, bool asked, struct error *err)
{
    const char **texts = arena_new(&report->arena, 1, sizeof *texts, err);
    if (texts == NULL) {
        return false;
    }
    size_t used = 0;
    if (asked && rank > spectrum->count) {
        char wanted[UNITS_SIZE];
        char most[UNITS_SIZE];
        struct text line = {0};
        text_appendf(&line,
                     "rank %s is more than the %s that this matrix can "
                     "have; its energy is that of all of it",
                     units_count(wanted, rank),
                     units_count(most, spectrum->count));
        texts[used++] = report_keep(report, &line, err);
        if (texts[0] == NULL) {
            return false;
        }
    }
    const struct report_field field = {
        "warnings", "", cell_for_programs(cell_texts(texts, used))};
    return report_add_fields(report, "", "", &field, 1, err);
}

bool report_spectrum(struct report *report, const struct spectrum *spectrum,
                     uint64_t rank, bool asked, bool values, struct error *err)
{
    memset(report, 0, sizeof *report);
    size_t shown = spectrum->count;
    if (!values && shown > LEADING_VALUES) {
        shown = LEADING_VALUES;
    }
    bool ok = add_head(report, spectrum, shown, err) &&
              add_estimates(report, &spectrum->estimates, err) &&
              add_at_rank(report, spectrum, rank, err) &&
              add_values(report, spectrum, shown, err) &&
              add_warnings(report, spectrum, rank, asked, err);
    if (!ok) {
        report_clear(report);
    }
    return ok;
}
