/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From what the user typed to the preset that is meant.
 */
#ifndef MODEL_PRESET_H
#define MODEL_PRESET_H

#include "base/error.h"
#include "base/file.h"

#include <stddef.h>

enum { PRESET_NAME_SIZE = 128 };

/* The one preset of NAMES that WANTED means.
 *
 * Case is ignored; an exact name goes before a prefix; of a Hugging Face id the
 * last part counts; the endings -hf, -it and -Instruct are tolerated.
 *
 * errors   ERROR_NOT_FOUND with the nearest names, with the candidates of an
 *          ambiguous prefix, or with the command that fetches the config of a
 *          Hugging Face id
 */
bool preset_find(const struct file_names *names, const char *wanted,
                 char out[PRESET_NAME_SIZE], struct error *err);

#endif
