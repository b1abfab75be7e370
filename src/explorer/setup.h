/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the user asked for when the program started: the command line, read.
 *
 * Both faces start from it, so `loraexplore X` and `loraexplore count X` with
 * the same options show the same numbers.
 */
#ifndef EXPLORER_SETUP_H
#define EXPLORER_SETUP_H

#include "adapter/count.h"
#include "adapter/settings.h"
#include "base/resource.h"
#include "base/units.h"
#include "memory/ledger.h"
#include "model/model.h"
#include "spectrum/source.h"

#include <stdbool.h>
#include <stdint.h>

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct explorer_setup {
    const struct resource_path *path;
    const char *model;      /* a preset, a file or a folder */
    const char *class_name; /* --class, or NULL */
    uint64_t labels;        /* --num-labels, or 0 */
    unsigned transformers;  /* 4 or 5 */
    struct adapter_settings adapter;
    bool has_dtype; /* --dtype given; else the model's own */
    struct training_settings training;
    struct spectrum_request spectrum;
    enum units_system units;
    enum color_mode color;
    bool ascii;
};

/* The defaults of every option; STRINGS outlives what is made of them. */
void explorer_setup_init(struct explorer_setup *setup,
                         const struct resource_path *path,
                         struct strings *strings);

/* The dtypes that count_file_bytes needs: --dtype, else the model's own. */
struct count_dtypes setup_dtypes(const struct explorer_setup *setup,
                                 const struct model *model);

#endif
