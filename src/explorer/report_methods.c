/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report of `methods`: one row per method of PEFT.
 */
#include "explorer/report.h"

#include <string.h>

#include "adapter/fields.h"
#include "adapter/method.h"
#include "base/text.h"
#include "explorer/report_build.h"

static bool method_matches(const struct method *method, const char *pattern)
{
    return pattern == NULL || text_contains_fold(method->name, pattern) ||
           text_contains_fold(method->label, pattern) ||
           text_contains_fold(method->peft_type, pattern) ||
           text_contains_fold(method->summary, pattern);
}

/* The release that a summary ends in is the only one with the method: "(0.21)"
 * also marks variants, whose fields both releases may have.
 */
static const char *release_mark(const struct method *method)
{
    const char *mark = strrchr(method->summary, '(');
    bool found = mark != NULL &&
                 (strcmp(mark, "(0.18)") == 0 || strcmp(mark, "(0.21)") == 0);
    return found ? mark : NULL;
}

/* Does RELEASE have the method?  False with *err set when the table of fields
 * cannot be read.
 */
static bool has_method(const struct resource_path *path,
                       const struct method *method, enum peft_version release,
                       bool *has, struct error *err)
{
    struct error reason = {0};
    struct fields fields;
    struct adapter_settings settings;
    settings_init(&settings, NULL);
    settings.method = method;
    settings.peft = release;
    const char *mark = release_mark(method);
    *has = fields_init(&fields, path, &settings, &reason);
    if (*has) {
        fields_clear(&fields);
        *has = mark == NULL || strncmp(mark + 1, peft_version_name(release),
                                       strlen(peft_version_name(release))) == 0;
    } else if (reason.code != ERROR_UNSUPPORTED) {
        *err = reason;
        return false;
    }
    return true;
}

static struct cell cell_bool(bool value)
{
    return (struct cell){.kind = CELL_BOOL, .count = value};
}

static const char *plain_summary(struct report *report,
                                 const struct method *method, struct error *err)
{
    const char *mark = release_mark(method);
    size_t length = mark != NULL ? (size_t)(mark - method->summary)
                                 : strlen(method->summary);
    while (length > 0 && method->summary[length - 1] == ' ') {
        length--;
    }
    return arena_copy(&report->arena, method->summary, length, err);
}

static bool add_method(struct report *report, struct report_section *table,
                       const struct resource_path *path,
                       const struct method *method, struct error *err)
{
    bool early = false;
    bool late = false;
    const char *summary = plain_summary(report, method, err);
    if (summary == NULL || !has_method(path, method, PEFT_0_18, &early, err) ||
        !has_method(path, method, PEFT_0_21, &late, err)) {
        return false;
    }
    const struct cell cells[] = {
        cell_text(method->name),
        cell_for_programs(cell_text(method->peft_type)),
        cell_bool(early),
        cell_bool(late),
        cell_text(summary),
        cell_for_programs(cell_text(method->config_class)),
        cell_for_programs(cell_text(method->source)),
    };
    return report_add_row(report, table, cells, err);
}

bool report_methods(struct report *report, const struct resource_path *path,
                    const char *pattern, struct error *err)
{
    static const struct report_column columns[] = {
        {"name", "--method"}, {"peft_type", ""},           {"in_0.18", "0.18"},
        {"in_0.21", "0.21"},  {"summary", "what it does"}, {"config_class", ""},
        {"source", ""},
    };
    memset(report, 0, sizeof *report);
    report->list = true;
    struct report_section *table =
        report_add_table(report, "methods", "", columns,
                         sizeof columns / sizeof columns[0], err);
    bool ok = table != NULL;
    for (size_t i = 0; ok && i < method_count; i++) {
        if (method_matches(&method_table[i], pattern)) {
            ok = add_method(report, table, path, &method_table[i], err);
        }
    }
    if (!ok) {
        report_clear(report);
    }
    return ok;
}
