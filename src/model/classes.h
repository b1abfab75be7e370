/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the name of a transformers class says about a model's head.
 */
#ifndef MODEL_CLASSES_H
#define MODEL_CLASSES_H

#include <stdbool.h>
#include <stddef.h>

/* "lm", "base", "seqcls", "tokcls", "qa". */
enum { CLASS_HEADS = 5 };
extern const char *const class_heads[CLASS_HEADS];

/* The head of a class, told by the longest ending that fits: "lm", "base",
 * "seqcls", "tokcls", "qa"; NULL for a name with none of the known endings.
 */
const char *class_head(const char *class_name);

/* The ending alone, "ForCausalLM"; NULL for a name with none of them. */
const char *class_ending(const char *class_name);

/* A config's own `task_head` in those words ("mlm" is "lm"); NULL: unknown. */
const char *class_task_head(const char *task_head);

/* The endings, for a message: "ForCausalLM, ...". */
const char *class_endings(void);

/* What a family reads, as far as it is in the names of its classes. */
enum class_reads { READS_TEXT, READS_PAIRS, READS_IMAGES };

/* The class of HEAD whose sibling is OWN: "LlamaModel" of "LlamaForCausalLM";
 * OWN itself when it has that head.  False when none of that name is known.
 */
bool class_sibling(const char *own, const char *head, enum class_reads reads,
                   char *out, size_t size);

#endif
