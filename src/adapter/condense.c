/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * all-linear as a list of names: for each module the shortest ending that no
 * other kind of module shares.
 *
 * Source: PEFT tuners_utils.py, _find_minimal_target_modules.
 */
#include "adapter/condense.h"

#include <string.h>

/* Step back over one dotted part that ends at END; its start. */
static const char *part_start(const char *name, const char *end)
{
    while (end > name && end[-1] != '.') {
        end--;
    }
    return end;
}

static bool is_number(const char *part, size_t length)
{
    return (length == 2 && memcmp(part, "{}", 2) == 0) ||
           (length > 0 && strspn(part, "0123456789") >= length);
}

/* Do two parts name the same module?  "{}" stands for any number. */
static bool parts_equal(const char *a, size_t a_length, const char *b,
                        size_t b_length)
{
    bool open =
        (a_length == 2 && a[0] == '{') || (b_length == 2 && b[0] == '{');
    if (open) {
        return is_number(a, a_length) && is_number(b, b_length);
    }
    return a_length == b_length && memcmp(a, b, a_length) == 0;
}

/* Can a name of the SIZE bytes at NAME end in TAIL? */
static bool can_end(const char *name, size_t size, const char *tail)
{
    const char *name_end = name + size;
    const char *tail_end = tail + strlen(tail);
    for (;;) {
        const char *a = part_start(name, name_end);
        const char *b = part_start(tail, tail_end);
        if (!parts_equal(a, (size_t)(name_end - a), b,
                         (size_t)(tail_end - b))) {
            return false;
        }
        if (b == tail) {
            return true;
        }
        if (a == name) {
            return false;
        }
        name_end = a - 1;
        tail_end = b - 1;
    }
}

/* Does another module, or a block that PATTERN stands in, end in TAIL? */
static bool collides(const struct inventory *inventory, const char *task,
                     const char *tail)
{
    for (size_t i = 0; i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        const char *pattern = module->pattern;
        bool other = !module_is_bare(module) &&
                     !target_is_every_linear(inventory, module, task);
        if (other && can_end(pattern, strlen(pattern), tail)) {
            return true;
        }
        for (const char *dot = strchr(pattern, '.'); dot != NULL;
             dot = strchr(dot + 1, '.')) {
            if (can_end(pattern, (size_t)(dot - pattern), tail)) {
                return true;
            }
        }
    }
    return false;
}

/* The shortest ending of MODULE's pattern that stands for it alone. */
static const char *find_tail(const struct inventory *inventory,
                             const char *task, const struct module *module)
{
    const char *tail = module->pattern + strlen(module->pattern);
    do {
        tail = part_start(module->pattern, tail);
        if (!collides(inventory, task, tail)) {
            return tail;
        }
        tail -= tail > module->pattern;
    } while (tail > module->pattern);
    return module->pattern;
}

/* The last PARTS dotted parts of a name. */
static const char *last_parts(const struct text *name, size_t parts)
{
    const char *all = text_string(name);
    const char *at = all + name->length;
    for (; parts > 0; parts--) {
        at = part_start(all, at);
        at -= parts > 1 && at > all;
    }
    return at;
}

/* TAIL for every copy: with its indices in place of "{}". */
static void add_numbered(const struct module *module, const char *tail,
                         struct text *names)
{
    size_t parts = 1;
    struct text name = {0};
    for (const char *at = tail; *at != '\0'; at++) {
        parts += *at == '.';
    }
    for (uint64_t copy = 0; copy < module->copies && !name.failed; copy++) {
        name.length = 0;
        module_append_name(module, copy, &name);
        const char *ending = last_parts(&name, parts);
        targets_add(names, ending, strlen(ending));
    }
    names->failed = names->failed || name.failed;
    text_clear(&name);
}

void condense_names(const struct inventory *inventory, const char *task,
                    struct text *names)
{
    for (size_t i = 0; i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        if (!target_is_every_linear(inventory, module, task)) {
            continue;
        }
        const char *tail = find_tail(inventory, task, module);
        if (strstr(tail, "{}") != NULL) {
            add_numbered(module, tail, names);
        } else {
            targets_add(names, tail, strlen(tail));
        }
    }
}
