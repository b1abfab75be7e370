/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything that a frame shows, as one value.
 *
 * update.h changes it, views read it.  What costs memory (the model, the
 * figures, the spectrum, the presets) is borrowed from explorer/app.
 */
#ifndef EXPLORER_STATE_H
#define EXPLORER_STATE_H

#include "adapter/count.h"
#include "base/units.h"
#include "explorer/curve.h"
#include "explorer/history.h"
#include "explorer/prompt.h"
#include "explorer/setup.h"
#include "explorer/targets.h"
#include "memory/ledger.h"
#include "model/model.h"
#include "spectrum/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All numbers of the present choice. */
struct figures {
    struct count count;
    struct ledger ledger;
    bool has_ledger;
    bool
        refused; /* PEFT refuses the settings: counted with none, see problem */
    struct targets targets;
    const char *patterns; /* rank_pattern and alpha_pattern as text, or "" */
    char missing[64];     /* a field that the method needs, as one types it */
    bool takes_rank_pattern, takes_alpha_pattern; /* the method has them */
    uint64_t file_bytes; /* of the adapter file; only beside a reference */
    bool has_file;
    struct error problem; /* why the targets or the bytes cannot be had */
};

/* A configuration that was marked, with its figures: what others are compared
 * with.  It refers to no model, so it outlives the one it was counted on.
 */
struct reference {
    struct choice choice;
    char model[96], class_name[96]; /* their names, sanitised */
    uint64_t trainable, all, file_bytes, states;
    bool has_file, has_states;
    struct targets targets;
};

enum view { VIEW_SPECTRUM, VIEW_CURVE, VIEW_MEMORY };
enum { VIEWS = VIEW_MEMORY + 1 };

enum list_kind {
    LIST_NONE,
    LIST_MODELS,
    LIST_HELP,
    LIST_PALETTE,
    LIST_SETS,
    LIST_METHODS,
    LIST_CLASSES,
    LIST_OPTIMIZERS,
    LIST_SAMPLES,
    LIST_EXPORT,
    LIST_COMPARE,
    LIST_LOG, /* warnings of the choice, then messages */
};

enum { LIST_MOST = 4096 };

/* A list with a filter over the main screen. */
struct list {
    enum list_kind kind;
    struct line filter;
    uint16_t shown[LIST_MOST]; /* entries that match, best first */
    size_t shown_count;
    size_t entry_count; /* before the filter */
    size_t cursor;      /* index into shown */
};

enum prompt_kind {
    PROMPT_NONE,
    PROMPT_RANK,
    PROMPT_ALPHA,
    PROMPT_ROW_RANK,
    PROMPT_ROW_ALPHA,
    PROMPT_SEED,
    PROMPT_TARGETS,
    PROMPT_FILE,
    PROMPT_IMPORT,
    PROMPT_FIELD,
};

enum export_format {
    EXPORT_TEXT,
    EXPORT_JSON,
    EXPORT_CSV,
    EXPORT_COMMAND,
    EXPORT_PYTHON,
    EXPORT_ADAPTER_CONFIG,
};
enum { EXPORT_FORMATS = EXPORT_ADAPTER_CONFIG + 1 };

/* What a count that is under way shall be told beside the one before it. */
enum told { TELL_NOTHING, TELL_TRANSFORMERS, TELL_PEFT };

enum severity { SAY_PLAIN, SAY_WARNING, SAY_ERROR };

enum {
    RECENT_MOST = 5,
    LOG_MOST = 64,
    MESSAGE_SIZE = sizeof((struct error *)0)->message,
    CURVE_MOST = 64,
    CHANGED_MOST = 512, /* rows whose change is remembered for one frame */
};

struct log_line {
    enum severity severity;
    char text[MESSAGE_SIZE];
};

struct state {
    struct choice choice;
    struct choice settled; /* the last one whose model was there */
    struct history history;

    const struct model *model;         /* NULL before the first one */
    const struct figures *figures;     /* NULL before the first count */
    const struct reference *reference; /* marked to compare with, or NULL */
    const struct spectrum *spectrum;   /* of the choice, or the one before it */
    const struct preset_list *presets; /* NULL until asked for */
    bool local_config;                 /* ./config.json exists */
    const char *first_model;           /* what the program was started with */
    const char *first_source;
    size_t spectrum_rows, spectrum_cols; /* asked of samples */

    uint64_t generation;                 /* of the newest spectrum asked for */
    bool busy;                           /* it is being computed */
    double progress;                     /* 0 to 1 */
    char spectrum_problem[MESSAGE_SIZE]; /* "" when fine */

    struct curve_point curve[CURVE_MOST];
    size_t curve_count;

    size_t cursor; /* row of figures->targets */
    bool folded[MODULE_ROLES];
    enum view view;
    bool zoom;  /* the view has the whole body */
    bool exact; /* bytes as whole numbers */
    enum units_system units;
    unsigned rows, cols, page; /* of the terminal; rows of the target pane */

    struct list list;
    enum prompt_kind prompt;
    struct line line;
    enum export_format export_format;
    bool confirm;                  /* the file exists: overwrite? */
    struct adapter_settings draft; /* another method, until its fields are in */
    bool has_draft;

    char message[MESSAGE_SIZE]; /* until the next key */
    enum severity severity;
    struct log_line log[LOG_MOST]; /* newest last */
    size_t log_count;
    char recent[RECENT_MOST][CHOICE_NAME_SIZE]; /* models, newest first */
    size_t recent_count;

    /* What the last key changed, until the next one. */
    bool has_before;
    uint64_t before_trainable, before_total;
    bool changed[CHANGED_MOST]; /* by row */

    bool trial; /* targets that were typed: back when PEFT refuses them */
    enum told told;
};

/* Fill a zeroed state from the command line; borrows strings of SETUP. */
void state_init(struct state *state, const struct explorer_setup *setup);

/* Say something in the message line and in the log. */
void state_say(struct state *state, enum severity severity, const char *format,
               ...) __attribute__((format(printf, 3, 4)));

/* Can this row be seen, with its group folded or the pane too low for
 * headings?
 */
bool state_row_visible(const struct state *state, size_t row);
/* The visible row DISTANCE visible rows from ROW, as far as there are any. */
size_t state_row_step(const struct state *state, size_t row, long distance);
size_t state_visible_count(const struct state *state);
/* How many visible rows stand above ROW. */
size_t state_visible_index(const struct state *state, size_t row);

/* The row under the cursor; NULL without rows. */
const struct target_row *state_row(const struct state *state);

uint64_t state_trainable(const struct state *state);

/* Does the method have a rank, an alpha, at all? */
bool state_has_rank(const struct state *state);
bool state_has_alpha(const struct state *state);

/* The rank as a cut of an update's spectrum: 0 where the method's rank, if it
 * has one, bounds no such thing.
 */
uint64_t state_cut(const struct state *state);

/* Why there is no such cut, in words, or "" when there is one. */
void state_uncut(const struct state *state, bool brief, char *out, size_t size);

/* What to press where PEFT refuses the choice, in one sentence, or false where
 * figures->problem says all there is; only with figures.
 */
bool state_hint(const struct state *state, bool brief, char *out, size_t size);

/* The highest rank that a matrix of the model has: none above it is offered. */
uint64_t state_rank_most(const struct state *state);

/* The class of the model ("LlamaForCausalLM"), or "". */
const char *state_class(const struct state *state);

/* What scales the updates, of the first module without an alpha or a rank of
 * its own; false when nothing is adapted or the method has no alpha.
 */
bool state_scaling(const struct state *state, double *scaling);

/* BYTES in the unit of the state: "14.96 GiB", or exact "16,067,338,240 B". */
char *state_bytes(const struct state *state, char out[UNITS_SIZE],
                  uint64_t bytes);
/* The same with a sign, B less A: "+13.00 MiB". */
char *state_bytes_delta(const struct state *state, char out[UNITS_SIZE],
                        uint64_t a, uint64_t b);

/* Entries of LIST_LOG: INDEX counts from what warns now to the oldest message;
 * *standing tells that it is no message but holds for the present choice.
 */
size_t state_notes(const struct state *state);
const char *state_note(const struct state *state, size_t index, bool *standing);
size_t state_warnings(const struct state *state);

/* What the current rank keeps of the sample: energy (0 to 1) and relative
 * truncation error; false without a spectrum or a rank.
 */
bool state_kept(const struct state *state, double *energy, double *error);

#endif
