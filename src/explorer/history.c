/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Undo and redo by value.
 */
#include "explorer/history.h"

#include <string.h>

static bool same_training(const struct training_settings *a,
                          const struct training_settings *b)
{
    return a->dtype == b->dtype && a->adapter_dtype == b->adapter_dtype &&
           a->optimizer == b->optimizer;
}

bool choice_equal(const struct choice *a, const struct choice *b)
{
    return strcmp(a->model, b->model) == 0 &&
           strcmp(a->class_name, b->class_name) == 0 &&
           strcmp(a->source, b->source) == 0 && a->seed == b->seed &&
           a->transformers == b->transformers && a->has_dtype == b->has_dtype &&
           settings_equal(&a->adapter, &b->adapter) &&
           same_training(&a->training, &b->training);
}

static void stack_push(struct choice *stack, size_t *count,
                       const struct choice *item)
{
    if (*count == HISTORY_DEPTH) {
        memmove(stack, stack + 1, (HISTORY_DEPTH - 1) * sizeof *stack);
        (*count)--;
    }
    stack[(*count)++] = *item;
}

void history_push(struct history *history, const struct choice *present)
{
    stack_push(history->past, &history->past_count, present);
    history->future_count = 0;
}

bool history_undo(struct history *history, struct choice *present)
{
    if (history->past_count == 0) {
        return false;
    }
    stack_push(history->future, &history->future_count, present);
    *present = history->past[--history->past_count];
    return true;
}

bool history_redo(struct history *history, struct choice *present)
{
    if (history->future_count == 0) {
        return false;
    }
    stack_push(history->past, &history->past_count, present);
    *present = history->future[--history->future_count];
    return true;
}

void history_drop(struct history *history, const struct choice *present)
{
    if (history->past_count > 0 &&
        choice_equal(&history->past[history->past_count - 1], present)) {
        history->past_count--;
    }
}
