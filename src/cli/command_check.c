/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * loraexplore check LINE.
 */
#include <string.h>

#include "adapter/method.h"
#include "base/alloc.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "explorer/lookup.h"
#include "explorer/report.h"

enum {
    LINE_LIMIT = 1 << 20, /* bytes of standard input */
    READERS_MOST = 20,    /* rows of the table */
    PROGRAMS_MOST = 200,
};

/* The operands as one line, or standard input for "-". */
static bool take_line(const struct cli_call *call, struct text *line,
                      struct error *err)
{
    if (call->operand_count == 1 && strcmp(call->operands[0], "-") == 0) {
        char *data = NULL;
        size_t length = 0;
        if (!file_read("-", LINE_LIMIT, &data, &length, err)) {
            return false;
        }
        for (size_t i = 0; i < length; i++) {
            data[i] = data[i] == '\0' ? ' ' : data[i]; /* no end of the line */
        }
        text_append(line, data);
        memory_free(data);
        return text_ok(line, err);
    }
    for (size_t i = 0; i < call->operand_count; i++) {
        text_append(line, i == 0 ? "" : " ");
        text_append(line, call->operands[i]);
    }
    return text_ok(line, err);
}

static bool check_line(const struct cli_call *call, const char *text,
                       struct error *err)
{
    const struct adapter_settings *adapter = &call->setup.adapter;
    const struct lookup_claim claim = {
        .model = call->model_given ? call->setup.model : NULL,
        .class_name = call->setup.class_name,
        .adapter = adapter,
        .labels = call->setup.labels,
        .has_rank = call->rank_given || call->config_given,
        .has_targets = adapter->mode != TARGET_UNSET || call->config_given,
        .has_method = call->method_given || adapter->method != &method_table[0],
        .has_more = adapter->fields[0] != '\0' || call->config_given,
        .transformers = call->transformers_given ? call->setup.transformers : 0,
        .has_peft = call->peft_given,
    };
    struct lookup_line line;
    struct lookup lookup = {0};
    struct report report = {0};
    bool all = call->format != RENDER_TEXT;
    bool ok = lookup_line_read(&line, text, err) &&
              lookup_search(&lookup, &call->path, &line, &claim, err) &&
              report_check(&report, &line, &lookup,
                           all ? PROGRAMS_MOST : READERS_MOST, all, err) &&
              (!call->explain || report_explain_check(&report, err)) &&
              output_report(call, &report, NULL, err);
    report_clear(&report);
    lookup_clear(&lookup);
    return ok;
}

int cli_check(struct cli_call *call, struct error *err)
{
    struct text line = {0};
    bool ok = take_line(call, &line, err) &&
              check_line(call, text_string(&line), err);
    text_clear(&line);
    return ok ? STATUS_DONE : STATUS_FAILED;
}
