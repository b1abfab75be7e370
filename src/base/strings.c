/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A pool of strings that never change: a hash table over an arena.
 */
#include "base/strings.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { SLOTS_FIRST = 64 };

size_t strings_hash(const char *text, size_t length)
{
    uint64_t sum = 14695981039346656037u;
    for (size_t i = 0; i < length; i++) {
        sum = (sum ^ (unsigned char)text[i]) * 1099511628211u;
    }
    return (size_t)(sum ^ sum >> 32);
}

/* The slot that holds the text, or the free one where it belongs. */
static size_t find_slot(const char *const *slots, size_t slot_count,
                        const char *text, size_t length)
{
    size_t at = strings_hash(text, length) & (slot_count - 1);
    while (slots[at] != NULL && (strncmp(slots[at], text, length) != 0 ||
                                 slots[at][length] != '\0')) {
        at = (at + 1) & (slot_count - 1);
    }
    return at;
}

static bool grow(struct strings *strings, struct error *err)
{
    size_t wanted =
        strings->slot_count > 0 ? strings->slot_count * 2 : SLOTS_FIRST;
    const char **slots = (const char **)memory_new(wanted, sizeof(*slots), err);
    if (slots == NULL) {
        return false;
    }
    for (size_t i = 0; i < strings->slot_count; i++) {
        const char *text = strings->slots[i];
        if (text != NULL) {
            slots[find_slot(slots, wanted, text, strlen(text))] = text;
        }
    }
    memory_free((void *)strings->slots);
    strings->slots = slots;
    strings->slot_count = wanted;
    return true;
}

const char *strings_keep(struct strings *strings, const char *text,
                         size_t length, struct error *err)
{
    const char *end = memchr(text, '\0', length);
    length = end != NULL ? (size_t)(end - text) : length;
    if (strings->count * 4 >= strings->slot_count * 3 && !grow(strings, err)) {
        return NULL;
    }
    size_t at = find_slot(strings->slots, strings->slot_count, text, length);
    if (strings->slots[at] == NULL) {
        strings->slots[at] = arena_copy(&strings->arena, text, length, err);
        strings->count += strings->slots[at] != NULL;
    }
    return strings->slots[at];
}

void strings_clear(struct strings *strings)
{
    memory_free((void *)strings->slots);
    arena_clear(&strings->arena);
    *strings = (struct strings){0};
}
