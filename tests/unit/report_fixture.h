/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model, counted and reported, for the tests of reports.
 */
#ifndef TESTS_REPORT_FIXTURE_H
#define TESTS_REPORT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "adapter/config.h"
#include "adapter/method.h"
#include "base/alloc.h"
#include "explorer/export.h"
#include "explorer/render.h"
#include "explorer/report.h"
#include "explorer/report_build.h"
#include "formats/json.h"

static char *render_new(const struct report *report, enum render_format format,
                        bool ascii)
{
    struct error err = {0};
    struct text out = {0};
    assert_true(render_report(report, format, UNITS_IEC, ascii, &out, &err));
    return out.data;
}

/* A loaded model, counted as asked. */
struct subject {
    struct resource_path path;
    struct strings strings;
    struct explorer_setup setup;
    struct model *model;
    struct count count;
    struct ledger ledger;
    uint64_t file_bytes;
};

/* The settings of METHOD with FIELDS set, a JSON object, or NULL. */
static void subject_init_method(struct subject *subject, const char *name,
                                const char *targets, const char *method,
                                const char *fields)
{
    struct error err = {0};
    memset(subject, 0, sizeof *subject);
    assert_true(resource_path_init(&subject->path, NULL, &err));
    explorer_setup_init(&subject->setup, &subject->path, &subject->strings);
    subject->setup.model = name;
    struct adapter_settings *adapter = &subject->setup.adapter;
    assert_true(settings_set_method(adapter, &subject->path,
                                    method_find(method), &err));
    json_t *object = fields != NULL ? json_loads(fields, 0, NULL) : NULL;
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(object, key, value)
    {
        assert_true(settings_set_field(adapter, key, value, &err));
    }
    json_decref(object);
    if (targets != NULL) {
        assert_true(settings_set_targets(adapter, targets, &err));
    }
    const struct model_options options = {.transformers = 5};
    subject->model = model_load(&subject->path, name, &options, &err);
    assert_non_null(subject->model);
    subject->setup.training.dtype = subject->model->dtype;
    assert_true(count_trainable(&subject->model->inventory, &subject->path,
                                &subject->setup.adapter, &subject->count,
                                &err));
    assert_true(ledger_compute(&subject->model->inventory, &subject->count,
                               &subject->setup.training, &subject->ledger,
                               &err));
    const struct count_dtypes dtypes =
        setup_dtypes(&subject->setup, subject->model);
    assert_true(
        count_file_bytes(&subject->count, &dtypes, &subject->file_bytes, &err));
}

static void subject_init(struct subject *subject, const char *name,
                         const char *targets)
{
    subject_init_method(subject, name, targets, "lora", NULL);
}

static void subject_clear(struct subject *subject)
{
    count_clear(&subject->count);
    model_free(subject->model);
    strings_clear(&subject->strings);
    resource_path_clear(&subject->path);
}

static json_t *count_json_new(const struct subject *subject)
{
    struct error err = {0};
    struct report report = {0};
    assert_true(report_count(&report, subject->model, &subject->setup,
                             &subject->count, &subject->ledger,
                             subject->file_bytes, &err));
    char *text = render_new(&report, RENDER_JSON, false);
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    memory_free(text);
    report_clear(&report);
    return root;
}

#endif
