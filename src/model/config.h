/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a Hugging Face config says plainly, whatever its family.
 */
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include "model/model.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* The most positions, 0 when the config does not say. */
uint64_t config_context(const json_t *config);

/* Layers, or the encoder's; 0 when no key says it plainly. */
uint64_t config_layers(const json_t *config);

/* torch_dtype or dtype; bf16 when there is none that we know. */
enum model_dtype config_dtype(const json_t *config);
bool config_says_dtype(const json_t *config);

/* Does the config, or its text_config, give KEY a value? */
bool config_says(const json_t *config, const char *key);

#endif
