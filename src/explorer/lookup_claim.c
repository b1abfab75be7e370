/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a claim can be true, and one sentence that says why, or what the
 * figures are instead.
 */
#include "explorer/lookup_claim.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "adapter/method.h"
#include "base/alloc.h"
#include "base/text.h"
#include "base/units.h"
#include "explorer/lookup_phrase.h"

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
    const char *targets = settings_targets_text(claim->adapter);
    bool targets_fit =
        match->stated ||
        (claim->model == NULL && !claim->has_more && match->targets != NULL &&
         strcmp(match->targets, targets) == 0);
    return !match->base && (claim->model == NULL || match->claimed) &&
           (!lookup_claim_aims(claim) || targets_fit) &&
           (!claim->has_more || match->stated) &&
           (!claim->has_rank || match->rank == claim->adapter->rank) &&
           (!claim->has_method || strcmp(match->method, method) == 0) &&
           (match->layouts & lookup_claim_layouts(claim)) != 0 &&
           match->class_name == NULL && match->task == NULL &&
           (match->labels == 0 || claim->labels == 0);
}

/* How much has to be assumed for a match to hold; 0: it is the claim. */
static int count_assumed(const struct lookup_match *match)
{
    return (match->vocabulary != 0 ? 4 : 0) + (match->labels != 0 ? 2 : 0) +
           (match->stated ? 0 : 1);
}

static const struct lookup_match *find_full(const struct judgement *of)
{
    const struct lookup_match *best = NULL;
    for (size_t i = 0; i < of->lookup->count; i++) {
        const struct lookup_match *match = &of->lookup->matches[i];
        if (match->full && is_as_claimed(of, match) &&
            (best == NULL || count_assumed(match) < count_assumed(best))) {
            best = match;
        }
    }
    return best;
}

enum { LABELS_USUAL = 2 }; /* of transformers' configs */

/* Another class that gives both figures with the usual labels: it explains more
 * than another vocabulary.
 */
static const struct lookup_match *find_class(const struct judgement *of)
{
    const struct lookup_claim *claim = of->claim;
    for (size_t i = 0; i < of->lookup->count; i++) {
        const struct lookup_match *match = &of->lookup->matches[i];
        if (match->class_name != NULL && match->exact == EXACT_BOTH &&
            (match->labels == 0 || match->labels == LABELS_USUAL) &&
            (!claim->has_rank || match->rank == claim->adapter->rank)) {
            return match;
        }
    }
    return NULL;
}

static bool same_targets(const struct lookup_claim *claim,
                         const struct lookup_match *match)
{
    return lookup_claim_aims(claim) && match->targets != NULL &&
           strcmp(match->targets, settings_targets_text(claim->adapter)) == 0;
}

/* Do both lists begin with the same name?  Then they are of one family. */
static bool same_family(const struct lookup_claim *claim,
                        const struct lookup_match *match)
{
    const char *own = settings_targets_text(claim->adapter);
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
    score += match->stated && match->full && match->vocabulary == 0 ? 8 : 0;
    score += other_method || (match->claimed && match->stated) ? 4 : 0;
    if (match->common) {
        score += 2 + (match->claimed ? 3 : 0);
        score += same_targets(claim, match) ? 2 : 0;
        score += same_family(claim, match) ? 1 : 0;
    }
    return score;
}

/* Is the total the claimed model's own, with the printed count more?  Then it is
 * no other model's.
 */
static bool is_own_total(const struct judgement *of)
{
    const struct lookup_findings *findings = of->findings;
    const struct lookup_line *line = of->line;
    bool own = false;
    for (size_t i = 0; i < findings->base_count; i++) {
        const struct lookup_base *base = &findings->bases[i];
        uint64_t total = 0;
        own = own || (strcmp(base->name, findings->claimed) == 0 &&
                      checked_add(base->totals.base[PRINT_TRUE],
                                  line->trainable.value, &total) &&
                      total == line->all.value);
    }
    return own && line->trainable.given && line->all.given;
}

/* The match that explains most. */
static const struct lookup_match *find_counted(const struct judgement *of)
{
    bool own = of->findings->claimed != NULL && is_own_total(of);
    const struct lookup_match *best = NULL;
    int most = -1;
    for (size_t i = 0; i < of->lookup->count; i++) {
        const struct lookup_match *match = &of->lookup->matches[i];
        int score = score_match(of, match);
        if (!match->base && score > most && (!own || match->claimed)) {
            best = match;
            most = score;
        }
    }
    return best;
}

/* ---- the total -------------------------------------------------------------- */

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
        phrase_count(&of->text, totals->vocabulary + rows);
        text_append(&of->text, " rows in place of ");
        phrase_count(&of->text, totals->vocabulary);
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
        text_append(&of->text, ", and so does 1 other setting");
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
    if (best->base) {
        text_appendf(&of->text, "the total is %s's %s", best->model,
                     of->line->trainable.given
                         ? "with that count more, but no usual list of "
                           "targets trains that many there"
                         : "without an adapter");
        phrase_conditions(&of->text, best);
        return;
    }
    bool both = best->exact == EXACT_BOTH;
    text_append(&of->text, both || !of->line->all.given ? ""
                           : best->exact == EXACT_TRAINABLE
                               ? "only the trainable count fits: "
                               : "judged by the total alone: ");
    phrase_settings(&of->text, best);
    text_appendf(&of->text, " on %s gives %s", best->model,
                 both                       ? "both figures"
                 : best->exact == EXACT_ALL ? "it"
                                            : "this count");
    phrase_conditions(&of->text, best);
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
    const struct lookup_match *class =
        match->vocabulary != 0 ? find_class(of) : NULL;
    bool aimed = match->stated || !of->findings->counted;
    text_append(&of->text, aimed ? "" : "not the default targets, but ");
    phrase_settings(&of->text, match);
    text_appendf(&of->text, " on %s %s", match->model,
                 line->trainable.given ? "trains " : "makes a total of ");
    if (line->trainable.given) {
        phrase_figure(&of->text, &line->trainable);
    }
    if (line->all.given) {
        text_append(&of->text, line->trainable.given ? " of " : "");
        phrase_figure(&of->text, &line->all);
    }
    phrase_conditions(&of->text, class != NULL ? class : match);
    if (class != NULL) {
        struct lookup_match resized = {.vocabulary = match->vocabulary};
        text_append(&of->text, ", or as the claim's own class");
        phrase_conditions(&of->text, &resized);
    }
    if (line->trainable.rounded || line->all.rounded) {
        text_append(&of->text, ", as far as rounded figures can tell");
    }
}

static void append_stated(struct judgement *of)
{
    const struct lookup_claim *claim = of->claim;
    bool prompts = claim->adapter->method->reach == REACH_PROMPT;
    const struct lookup_match stated = {
        .targets = prompts ? NULL : settings_targets_text(claim->adapter),
        .regex = lookup_settings_regex(claim->adapter),
        .method = lookup_settings_method(claim->adapter),
        .rank = claim->adapter->rank,
    };
    phrase_settings(&of->text, &stated);
}

/* What the stated settings give on the claimed model. */
static void append_right(struct judgement *of)
{
    const struct lookup_count *right = &of->findings->stated;
    append_stated(of);
    text_appendf(&of->text, " on %s trains ", of->findings->claimed);
    phrase_count(&of->text, right->trainable);
    text_append(&of->text, " of ");
    phrase_count(&of->text, of->findings->stated_all);
}

/* "4,194,304 is r 8's count", "... is Meta-Llama-3-8B's with ..." */
static void append_instead(struct judgement *of)
{
    const struct lookup_match *match = find_counted(of);
    const struct lookup_line *line = of->line;
    const struct lookup_figure *figure =
        line->trainable.given ? &line->trainable : &line->all;
    if (match == NULL) {
        bool own = is_own_total(of);
        text_append(&of->text, line->trainable.rounded ? "no rounding makes it "
                               : own ? "no rank or usual list on it gives "
                                     : "no rank, preset or usual list gives ");
        phrase_figure(&of->text, figure);
    } else {
        phrase_figure(&of->text, figure);
        bool same = match->claimed && match->stated && match->labels == 0 &&
                    match->class_name == NULL && match->task == NULL;
        if (same && match->rank != of->claim->adapter->rank) {
            text_appendf(&of->text, " is r %" PRIu64 "'s count", match->rank);
        } else if (match->claimed && match->stated) {
            text_append(&of->text, " is that of the same settings");
        } else {
            text_append(&of->text, " is ");
            phrase_settings(&of->text, match);
            text_appendf(&of->text, " on %s",
                         match->claimed ? "it" : match->model);
        }
        struct lookup_match plain = *match;
        plain.vocabulary = 0; /* would excuse a total, which is judged below */
        phrase_conditions(&of->text, &plain);
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
    bool solved = !claim->has_rank && of->findings->linear;
    bool aims = lookup_claim_aims(claim);
    bool full = aims && of->findings->counted;
    const struct lookup_match *half =
        find_class(of) == NULL ? find_half(of) : NULL;
    if (half != NULL) {
        if (full) {
            text_append(&of->text, "the trainable count is right");
        } else {
            phrase_settings(&of->text, half);
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
    if (full && !solved) {
        append_right(of);
    } else {
        text_append(&of->text, aims              ? "no rank of "
                               : claim->has_rank ? "no usual list at this rank"
                                                 : "no usual list of targets");
        text_append(&of->text,
                    aims ? settings_targets_text(claim->adapter) : "");
        if (aims &&
            strcmp(lookup_settings_method(claim->adapter), "lora") != 0) {
            text_appendf(&of->text, " with %s",
                         lookup_settings_method(claim->adapter));
        }
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
    if (lookup_claim_aims(claim) && !of->findings->counted) {
        text_appendf(&of->text,
                     "PEFT refuses these settings, so no run "
                     "printed this line with them: %s",
                     of->findings->refused.message);
        return CLAIM_UNKNOWN;
    }
    bool open = !lookup_claim_aims(claim) && is_total_possible(of) &&
                find_half(of) == NULL;
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
    bool denied = match != NULL && match->vocabulary != 0 &&
                  claim->class_name != NULL && find_class(of) != NULL;
    if (match != NULL && !denied) {
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
                     of.claim->has_targets || of.claim->has_method ||
                     of.claim->has_more;
    lookup->modelled = of.claim->model != NULL;
    lookup->verdict = judge(&of);
    append_percent(&of);
    if (text_ok(&of.text, err)) {
        lookup->explanation = arena_copy(&lookup->arena, text_string(&of.text),
                                         of.text.length, err);
    }
    text_clear(&of.text);
    return lookup->explanation != NULL;
}
