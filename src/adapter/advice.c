/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What PEFT does silently and a user would want to know.
 */
#include "adapter/advice.h"

#include <string.h>

enum {
    NAMES_MOST = 6,     /* of one list in a sentence */
    SENTENCES_MOST = 10 /* of one count */
};

size_t advice_count_names(const char *list)
{
    size_t count = 0;
    size_t length = 0;
    while (settings_next_target(&list, &length) != NULL) {
        count++;
    }
    return count;
}

bool advice_has_name(const char *list, const char *name)
{
    size_t length = 0;
    for (const char *item = settings_next_target(&list, &length); item != NULL;
         item = settings_next_target(&list, &length)) {
        if (strlen(name) == length && memcmp(item, name, length) == 0) {
            return true;
        }
    }
    return false;
}

void advice_append_names(struct text *out, const char *list)
{
    size_t count = advice_count_names(list);
    size_t shown = count > NAMES_MOST ? NAMES_MOST - 1 : count;
    size_t length = 0;
    for (size_t i = 0; i < shown; i++) {
        const char *name = settings_next_target(&list, &length);
        text_append(out, i == 0 ? "" : i + 1 == count ? " and " : ", ");
        text_append_bytes(out, name, length < 100 ? length : 100);
    }
    if (shown < count) {
        text_appendf(out, " and %zu more", count - shown);
    }
}

const char *advice_number(const char *list, const char *one, const char *many)
{
    return advice_count_names(list) == 1 ? one : many;
}

bool advice_say(struct counter *counter, struct text *text)
{
    bool said = text_ok(text, counter->err) &&
                counter_warn(counter, "%s", text_string(text));
    text_clear(text);
    return said;
}

/* What matters most comes first: what is beyond the limit goes unsaid. */
bool counter_advise(struct counter *counter)
{
    if (counter->plan.assumed_all_linear &&
        !counter_warn(counter, "PEFT has no default targets for this model "
                               "type: all-linear is shown")) {
        return false;
    }
    bool modules = counter->settings->method->reach == REACH_MODULES;
    bool done =
        (!modules || (advice_targets(counter) && advice_layers(counter) &&
                      advice_experts(counter))) &&
        advice_saved(counter) && advice_fields(counter) &&
        advice_method(counter);
    if (counter->count->warning_count > SENTENCES_MOST) {
        counter->count->warning_count = SENTENCES_MOST;
    }
    return done;
}
