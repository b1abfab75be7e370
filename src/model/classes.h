/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the name of a transformers class says about a model's head.
 */
#ifndef MODEL_CLASSES_H
#define MODEL_CLASSES_H

/* The head of a class, told by the longest ending that fits: "lm", "base",
 * "seqcls", "tokcls", "qa"; NULL for a name with none of the known endings.
 */
const char *class_head(const char *class_name);

/* A config's own `task_head` in those words ("mlm" is "lm"); NULL: unknown. */
const char *class_task_head(const char *task_head);

/* The endings, for a message: "ForCausalLM, ...". */
const char *class_endings(void);

#endif
