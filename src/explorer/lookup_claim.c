/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a claim can be true, and one sentence that says why, or what the
 * figures are instead.
 */
#include "explorer/lookup_claim.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

const char *lookup_verdict_name(enum lookup_verdict verdict)
{
    switch (verdict) {
    case CLAIM_CONSISTENT:
        return "consistent";
    case CLAIM_INCONSISTENT:
        return "inconsistent";
    case CLAIM_UNKNOWN:
        return "unknown";
    }
    return "";
}

/* ---- which match says most ------------------------------------------------- */

struct judgement {
    const struct lookup *lookup;
    const struct lookup_findings *findings;
    const struct lookup_line *line;
    const struct lookup_claim *claim;
    struct text text;
};

/* Does the match have all that the claim states? */
static bool is_as_claimed(const struct judgement *of,
                          const struct lookup_match *match)
{
    const struct lookup_claim *claim = of->claim;
    const char *method = lookup_settings_method(claim->adapter);
    const char *targets = lookup_settings_targets(claim->adapter);
    bool targets_fit =
        match->claimed || claim->model != NULL
            ? match->stated
            : match->targets != NULL && strcmp(match->targets, targets) == 0;
    return (claim->model == NULL || match->claimed) &&
           (!claim->has_targets || targets_fit) &&
           (!claim->has_rank || match->rank == claim->adapter->rank) &&
           (!claim->has_method || strcmp(match->method, method) == 0);
}

static const struct lookup_match *find_full(const struct judgement *of)
{
    for (size_t i = 0; i < of->lookup->count; i++) {
        const struct lookup_match *match = &of->lookup->matches[i];
        if (match->full && match->rank > 0 && is_as_claimed(of, match)) {
            return match;
        }
    }
    return NULL;
}

static bool same_targets(const struct lookup_claim *claim,
                         const struct lookup_match *match)
{
    return claim->has_targets && match->targets != NULL &&
           strcmp(match->targets, lookup_settings_targets(claim->adapter)) == 0;
}

/* Do both lists begin with the same name?  Then they are of one family. */
static bool same_family(const struct lookup_claim *claim,
                        const struct lookup_match *match)
{
    const char *own = lookup_settings_targets(claim->adapter);
    size_t length = strcspn(own, ",");
    return claim->has_targets && match->targets != NULL &&
           strncmp(match->targets, own, length) == 0;
}

/* How well a match explains where the figures come from: both of them before
 * one, the claim's own targets before others, usual ranks before odd ones.
 */
static int score_match(const struct judgement *of,
                       const struct lookup_match *match)
{
    const struct lookup_claim *claim = of->claim;
    bool other_method = match->claimed && !match->stated &&
                        same_targets(claim, match) && claim->has_rank &&
                        match->rank == claim->adapter->rank;
    int score = match->exact == EXACT_BOTH ? 16 : 0;
    score += other_method || (match->claimed && match->stated) ? 4 : 0;
    if (match->common) {
        score += 2 + (match->claimed ? 3 : 0);
        score += same_targets(claim, match) ? 2 : 0;
        score += same_family(claim, match) ? 1 : 0;
    }
    return score;
}

/* The match that explains most. */
static const struct lookup_match *find_counted(const struct judgement *of)
{
    const struct lookup_match *best = NULL;
    int most = -1;
    for (size_t i = 0; i < of->lookup->count; i++) {
        const struct lookup_match *match = &of->lookup->matches[i];
        int score = score_match(of, match);
        if (match->rank > 0 && score > most) {
            best = match;
            most = score;
        }
    }
    return best;
}

/* ---- phrases --------------------------------------------------------------- */

static void append_count(struct text *out, uint64_t count)
{
    char number[UNITS_SIZE];
    text_append(out, units_count(number, count));
}

static void append_figure(struct text *out, const struct lookup_figure *figure)
{
    text_append(out, figure->rounded ? "about " : "");
    append_count(out, figure->value);
}

/* "q_proj,v_proj at r 8", "DoRA on ..." for other methods. */
static void append_settings(struct text *out, const struct lookup_match *match)
{
    text_append(out, match->regex ? "the pattern " : "");
    text_append(out, match->targets);
    text_appendf(out, " at r %" PRIu64, match->rank);
    if (strcmp(match->method, "lora") != 0) {
        text_appendf(out, " with %s", match->method);
    }
}

/* What has to hold for the figures to come out. */
static void append_conditions(struct text *out,
                              const struct lookup_match *match)
{
    switch (match->print) {
    case PRINT_TRUE:
        break;
    case PRINT_PACKED:
        text_append(out, ", two 4-bit weights counted as one");
        break;
    case PRINT_HALVED:
        text_append(out, ", two 4-bit weights counted as one and the "
                         "trainable count halved, as qlora.py prints");
        break;
    case PRINT_BUFFERS:
        text_append(out, ", quantised weights not counted (GPTQ, AWQ)");
        break;
    }
    const unsigned both = 1u << LAYOUT_4 | 1u << LAYOUT_5;
    if ((match->layouts & both) != both && match->layouts != 0) {
        text_appendf(out, ", under %s", lookup_layouts_name(match->layouts));
    }
    if (match->vocabulary != 0) {
        bool more = match->vocabulary > 0;
        text_append(out, ", with a vocabulary ");
        append_count(out,
                     (uint64_t)(more ? match->vocabulary : -match->vocabulary));
        text_appendf(out, " rows %s", more ? "longer" : "shorter");
    }
}

static size_t count_exact(const struct lookup *lookup, enum lookup_exact exact)
{
    size_t count = 0;
    for (size_t i = 0; i < lookup->count; i++) {
        count += lookup->matches[i].exact == exact;
    }
    return count;
}

static const struct lookup_base *find_base(const struct judgement *of,
                                           uint64_t total, const char *name)
{
    for (size_t i = 0; i < of->findings->base_count; i++) {
        const struct lookup_base *base = &of->findings->bases[i];
        if ((name == NULL || strcmp(base->name, name) == 0) &&
            (base->totals.base[PRINT_TRUE] == total ||
             base->totals.base[PRINT_PACKED] == total)) {
            return base;
        }
    }
    return NULL;
}

/* A vocabulary that would explain the total, were it not so far off. */
static void append_rows(struct judgement *of)
{
    const struct lookup_findings *findings = of->findings;
    uint64_t total = of->line->all.value;
    const struct lookup_totals *totals =
        findings->claimed != NULL ? &findings->bases[0].totals : NULL;
    uint64_t without =
        totals != NULL ? totals->base[PRINT_TRUE] + of->line->trainable.value
                       : total;
    if (total <= without || totals->row == 0 ||
        (total - without) % totals->row != 0 || totals->vocabulary == 0) {
        return;
    }
    uint64_t rows = (total - without) / totals->row;
    if (rows > 8192 && rows < 4 * totals->vocabulary) {
        text_append(&of->text, ", unless its vocabulary has ");
        append_count(&of->text, totals->vocabulary + rows);
        text_append(&of->text, " rows in place of ");
        append_count(&of->text, totals->vocabulary);
    }
}

/* Why the printed total is not that of the claim, without "the total". */
static void append_total(struct judgement *of)
{
    const struct lookup_line *line = of->line;
    uint64_t total = line->all.value;
    uint64_t base = line->trainable.given && line->trainable.value < total
                        ? total - line->trainable.value
                        : 0;
    const char *claimed = of->findings->claimed;
    const struct lookup_base *own =
        claimed != NULL ? find_base(of, total, claimed) : NULL;
    own = own != NULL ? own : find_base(of, total, NULL);
    const struct lookup_base *other = find_base(of, base, NULL);
    if (own != NULL) {
        text_appendf(&of->text, "is the base's: %s without an adapter",
                     own->name);
    } else if (other != NULL) {
        text_appendf(&of->text, "is %s's with that count more", other->name);
    } else if (line->all.rounded || total % 100000000 == 0) {
        text_append(&of->text, "is rounded");
    } else {
        text_append(&of->text, "fits no preset");
        append_rows(of);
    }
}

/* The percentage that the figures give, when the printed one is another. */
static void append_percent(struct judgement *of)
{
    const struct lookup_line *line = of->line;
    if (!line->has_percent || !line->trainable.given || !line->all.given ||
        line->all.value == 0 || line->trainable.rounded || line->all.rounded) {
        return;
    }
    double right =
        100.0 * (double)line->trainable.value / (double)line->all.value;
    if (fabs(right - line->percent) > line->percent_margin * 1.01 + 1e-9) {
        char number[UNITS_SIZE];
        text_appendf(&of->text,
                     "; the percentage is not that of these figures, %s",
                     units_fixed(number, right, 4));
    }
}

/* ---- without a claim ------------------------------------------------------- */

static void append_others(struct judgement *of, enum lookup_exact exact)
{
    size_t others = count_exact(of->lookup, exact);
    if (others == 2) {
        text_append(&of->text, ", and so does one other setting");
    } else if (others > 2) {
        text_appendf(&of->text, ", and so do %zu other settings", others - 1);
    }
}

static void explain_none(struct judgement *of)
{
    const struct lookup_line *line = of->line;
    if (line->trainable.given && line->trainable.value == 0) {
        text_append(&of->text, "nothing trains: the adapter is missing, "
                               "frozen or merged");
    } else if (line->trainable.rounded) {
        text_append(&of->text, "a rounded count fits too much to be looked "
                               "up, the full figure is needed");
    } else {
        text_append(&of->text, "no preset gives this count with a usual list "
                               "of targets");
    }
    if (line->all.given) {
        text_append(&of->text, "; the total ");
        append_total(of);
    }
}

static void explain_search(struct judgement *of)
{
    const struct lookup_match *best =
        of->lookup->count > 0 ? &of->lookup->matches[0] : NULL;
    bool idle = of->line->trainable.given && of->line->trainable.value == 0;
    if (best == NULL || idle) {
        explain_none(of);
        return;
    }
    if (best->rank == 0) {
        text_appendf(&of->text, "the total is %s's %s", best->model,
                     of->line->trainable.given
                         ? "with that count more, but no usual list of "
                           "targets trains that many there"
                         : "without an adapter");
        append_conditions(&of->text, best);
        return;
    }
    bool both = best->exact == EXACT_BOTH;
    text_append(&of->text, both || !of->line->all.given ? ""
                           : best->exact == EXACT_TRAINABLE
                               ? "only the trainable count fits: "
                               : "judged by the total alone: ");
    append_settings(&of->text, best);
    text_appendf(&of->text, " on %s gives %s", best->model,
                 both                       ? "both figures"
                 : best->exact == EXACT_ALL ? "it"
                                            : "this count");
    append_conditions(&of->text, best);
    append_others(of, best->exact);
    if (best->exact == EXACT_TRAINABLE && of->line->all.given &&
        best->vocabulary == 0) {
        text_append(&of->text, "; the total ");
        append_total(of);
    }
}

/* ---- a claim --------------------------------------------------------------- */

static void explain_consistent(struct judgement *of,
                               const struct lookup_match *match)
{
    const struct lookup_line *line = of->line;
    append_settings(&of->text, match);
    text_appendf(&of->text, " on %s %s", match->model,
                 line->trainable.given ? "trains " : "makes a total of ");
    if (line->trainable.given) {
        append_figure(&of->text, &line->trainable);
    }
    if (line->all.given) {
        text_append(&of->text, line->trainable.given ? " of " : "");
        append_figure(&of->text, &line->all);
    }
    append_conditions(&of->text, match);
    if (line->trainable.rounded || line->all.rounded) {
        text_append(&of->text, ", as far as rounded figures can tell");
    }
}

static void append_stated(struct judgement *of)
{
    const struct lookup_claim *claim = of->claim;
    const struct lookup_match stated = {
        .targets = lookup_settings_targets(claim->adapter),
        .regex = lookup_settings_regex(claim->adapter),
        .method = lookup_settings_method(claim->adapter),
        .rank = claim->adapter->rank,
    };
    append_settings(&of->text, &stated);
}

/* What the stated settings give on the claimed model. */
static void append_right(struct judgement *of)
{
    const struct lookup_count *right = &of->findings->stated;
    append_stated(of);
    text_appendf(&of->text, " on %s trains ", of->findings->claimed);
    append_count(&of->text, right->trainable);
    text_append(&of->text, " of ");
    append_count(&of->text, of->findings->stated_all);
}

/* "4,194,304 is r 8's count", "... is Meta-Llama-3-8B's with ..." */
static void append_instead(struct judgement *of)
{
    const struct lookup_match *match = find_counted(of);
    const struct lookup_line *line = of->line;
    const struct lookup_figure *figure =
        line->trainable.given ? &line->trainable : &line->all;
    if (match == NULL) {
        text_append(&of->text, line->trainable.rounded
                                   ? "no rounding makes it "
                                   : "no rank, preset or usual list gives ");
        append_figure(&of->text, figure);
    } else {
        append_figure(&of->text, figure);
        bool same = match->claimed && match->stated;
        if (same) {
            text_appendf(&of->text, " is r %" PRIu64 "'s count", match->rank);
        } else {
            text_append(&of->text, " is ");
            append_settings(&of->text, match);
            text_appendf(&of->text, " on %s",
                         match->claimed ? "it" : match->model);
        }
        struct lookup_match plain = *match;
        plain.vocabulary = 0; /* would excuse a total, which is judged below */
        append_conditions(&of->text, &plain);
    }
    if (line->all.given && line->trainable.given) {
        bool fits = match != NULL && match->exact == EXACT_BOTH;
        text_append(&of->text,
                    fits ? ", and the total goes with it" : "; the total ");
        if (!fits) {
            append_total(of);
        }
    }
}

/* A match that has the claim's settings, and only the total wrong. */
static const struct lookup_match *find_half(const struct judgement *of)
{
    for (size_t i = 0; i < of->lookup->count; i++) {
        const struct lookup_match *match = &of->lookup->matches[i];
        if (match->exact == EXACT_TRAINABLE && is_as_claimed(of, match)) {
            return match;
        }
    }
    return NULL;
}

static void explain_inconsistent(struct judgement *of)
{
    const struct lookup_claim *claim = of->claim;
    bool full = claim->has_rank && claim->has_targets && of->findings->counted;
    const struct lookup_match *half = find_half(of);
    if (half != NULL) {
        if (full) {
            text_append(&of->text, "the trainable count is right");
        } else {
            append_settings(&of->text, half);
            text_appendf(&of->text, " on %s gives the trainable count",
                         half->model);
        }
        text_append(&of->text, ", but the total ");
        append_total(of);
        if (full) {
            text_append(&of->text, "; ");
            append_right(of);
        }
        return;
    }
    if (full) {
        append_right(of);
    } else {
        text_append(&of->text, claim->has_targets ? "no rank of "
                               : claim->has_rank  ? "no usual list at this rank"
                                                  : "no usual list of targets");
        text_append(&of->text, claim->has_targets
                                   ? lookup_settings_targets(claim->adapter)
                                   : "");
        text_appendf(&of->text, " gives this on %s", of->findings->claimed);
    }
    text_append(&of->text, "; ");
    append_instead(of);
}

/* Can the claimed model have this total, whatever was adapted? */
static bool is_total_possible(const struct judgement *of)
{
    const struct lookup_line *line = of->line;
    for (size_t i = 0; i < of->findings->base_count; i++) {
        const struct lookup_base *base = &of->findings->bases[i];
        const struct lookup_fit fit =
            lookup_fit_total(&base->totals, line, line->trainable.value);
        if (strcmp(base->name, of->findings->claimed) == 0 &&
            (fit.exact || fit.rows != 0)) {
            return true;
        }
    }
    return !line->all.given;
}

static enum lookup_verdict judge_model(struct judgement *of)
{
    const struct lookup_claim *claim = of->claim;
    if (claim->has_targets && !of->findings->counted) {
        text_appendf(&of->text,
                     "PEFT refuses these settings, so no run "
                     "printed this line with them: %s",
                     of->findings->refused.message);
        return CLAIM_UNKNOWN;
    }
    bool open =
        !claim->has_targets && is_total_possible(of) && find_half(of) == NULL;
    if (open) {
        text_appendf(
            &of->text, "no usual list of targets at %s gives this on %s",
            claim->has_rank ? "this rank" : "any rank", of->findings->claimed);
        text_append(&of->text, of->line->all.given
                                   ? ", though the total is possible"
                                   : ", others may");
        return CLAIM_UNKNOWN;
    }
    explain_inconsistent(of);
    return CLAIM_INCONSISTENT;
}

static enum lookup_verdict judge(struct judgement *of)
{
    const struct lookup_claim *claim = of->claim;
    const struct lookup_match *match =
        of->lookup->claims ? find_full(of) : NULL;
    if (match != NULL) {
        explain_consistent(of, match);
        return CLAIM_CONSISTENT;
    }
    if (of->findings->roughly) {
        append_right(of);
        text_append(&of->text, ", which the rounded figures allow");
        return CLAIM_CONSISTENT;
    }
    if (claim->model != NULL) {
        return judge_model(of);
    }
    if (of->lookup->claims) {
        text_append(&of->text, "no preset gives this line with what is "
                               "claimed; ");
    }
    explain_search(of);
    return CLAIM_UNKNOWN;
}

bool lookup_judge(struct lookup *lookup, const struct lookup_findings *findings,
                  struct error *err)
{
    struct judgement of = {
        .lookup = lookup,
        .findings = findings,
        .line = findings->line,
        .claim = findings->claim,
    };
    lookup->claims = of.claim->model != NULL || of.claim->has_rank ||
                     of.claim->has_targets || of.claim->has_method;
    lookup->verdict = judge(&of);
    append_percent(&of);
    if (text_ok(&of.text, err)) {
        lookup->explanation = arena_copy(&lookup->arena, text_string(&of.text),
                                         of.text.length, err);
    }
    text_clear(&of.text);
    return lookup->explanation != NULL;
}
