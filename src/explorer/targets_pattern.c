/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row's own rank and alpha, written as PEFT's rank_pattern, alpha_pattern.
 *
 * Source: PEFT utils/other.py, get_pattern_key: a key is a regular expression
 * for the end of a name, after a dot or from its start; the first one counts.
 */
#include "explorer/targets.h"

#include <string.h>

#include "adapter/count.h"
#include "adapter/select.h"
#include "base/text.h"

/* One row of the screen and what it was counted from. */
struct subject {
    const struct targets *targets;
    const struct count *count;
    size_t row;
};

static bool is_inside(const struct subject *subject, size_t counted)
{
    return subject->targets->row_of[counted] == subject->row;
}

/* ---- names ------------------------------------------------------------------ */

/* The part of a name that ends before END: its start. */
static const char *part_start(const char *name, const char *end)
{
    while (end > name && end[-1] != '.') {
        end--;
    }
    return end;
}

static bool is_index(const char *part, size_t length)
{
    return strspn(part, "0123456789") >= length ||
           (length == 2 && memcmp(part, "{}", 2) == 0);
}

/* Does PATTERN end in TAIL, any index standing for any other? */
static bool ends_alike(const char *pattern, const char *tail)
{
    const char *p = pattern + strlen(pattern), *t = tail + strlen(tail);
    while (t > tail) {
        const char *from = part_start(pattern, p), *want = part_start(tail, t);
        size_t length = (size_t)(p - from), wanted = (size_t)(t - want);
        bool same = length == wanted && memcmp(from, want, length) == 0;
        bool indices = is_index(from, length) && is_index(want, wanted);
        if (!same && !indices) {
            return false;
        }
        t = want > tail ? want - 1 : want;
        if (from == pattern) {
            return t == tail;
        }
        p = from - 1;
    }
    return true;
}

/* Does TAIL end a module outside of the row? */
static bool names_others(const struct subject *subject, const char *tail)
{
    for (size_t i = 0; i < subject->count->row_count; i++) {
        if (!is_inside(subject, i) &&
            ends_alike(subject->count->rows[i].module.pattern, tail)) {
            return true;
        }
    }
    return false;
}

/* The shortest end of MODULE's pattern that ends no module outside of the row,
 * or all of it with *unique false when an index alone tells them apart.
 */
static const char *shortest_tail(const struct subject *subject,
                                 const struct module *module, bool *unique)
{
    const char *all = module->pattern;
    const char *tail = part_start(all, all + strlen(all));
    *unique = !names_others(subject, tail);
    while (!*unique && tail > all) {
        tail = part_start(all, tail - 1);
        *unique = !names_others(subject, tail);
    }
    /* A number alone is a poor name: "mlp.0" says more. */
    if (*unique && tail > all && is_index(tail, strlen(tail))) {
        tail = part_start(all, tail - 1);
    }
    return tail;
}

/* "(0|1|7)": the values of one index. */
static void append_set(struct text *key, const struct index_set *set)
{
    text_append(key, "(");
    for (size_t i = 0, n = 0; i < set->range_count; i++) {
        for (uint32_t at = set->ranges[i].first; at <= set->ranges[i].last;
             at++) {
            text_appendf(key, "%s%u", n++ > 0 ? "|" : "", at);
        }
    }
    text_append(key, ")");
}

/* TAIL as a key: literal, or with \d+ or the values for its indices. */
static void append_key(struct text *key, const struct count_row *from,
                       const char *tail, bool unique)
{
    const struct module *module = &from->module;
    bool regex = strstr(tail, "{}") != NULL;
    unsigned axis = module->axes;
    for (const char *at = tail; (at = strstr(at, "{}")) != NULL; at += 2) {
        axis--;
    }
    for (const char *at = tail; *at != '\0'; at++) {
        if (at[0] == '{' && at[1] == '}') {
            if (unique) {
                text_append(key, "\\d+");
            } else {
                append_set(key, &module->axis[axis]);
            }
            axis++;
            at++;
        } else if (*at == '.' && regex) {
            text_append(key, "\\.");
        } else {
            text_append_bytes(key, at, 1);
        }
    }
    if (from->parameter && !from->in_parent) {
        text_append(key, ".weight");
    }
}

/* The keys of a row, in the model's order, as the keys of an object. */
static bool add_keys(const struct subject *subject, json_t *keys,
                     struct error *err)
{
    for (size_t i = 0; i < subject->count->row_count; i++) {
        const struct count_row *from = &subject->count->rows[i];
        if (!is_inside(subject, i)) {
            continue;
        }
        struct text key = {0};
        bool unique = false;
        const char *tail = shortest_tail(subject, &from->module, &unique);
        append_key(&key, from, tail, unique);
        bool done =
            text_ok(&key, err) &&
            (json_object_set_new(keys, text_string(&key), json_null()) == 0 ||
             error_set(err, ERROR_MEMORY, "out of memory"));
        text_clear(&key);
        if (!done) {
            return false;
        }
    }
    return true;
}

/* ---- entries ---------------------------------------------------------------- */

/* Does an entry of MAP match a module of the row? */
static bool map_hits(struct pattern_map *map, const struct subject *subject,
                     bool *hit, struct error *err)
{
    struct text name = {0};
    bool done = true;
    *hit = false;
    for (size_t i = 0; i < subject->count->row_count && !*hit && done; i++) {
        const struct module *module = &subject->count->rows[i].module;
        uint64_t copies = map->plain ? 1 : module->copies;
        for (uint64_t copy = 0;
             is_inside(subject, i) && copy < copies && !*hit && done; copy++) {
            const json_t *value = NULL;
            name.length = 0;
            module_append_name(module, copy, &name);
            done = text_ok(&name, err) &&
                   pattern_map_find(map, name.data, name.length, &value, err);
            *hit = value != NULL;
        }
    }
    text_clear(&name);
    return done;
}

/* Does anything but the row's own KEYS in DICT reach the row? */
static bool others_hit(json_t *dict, json_t *keys,
                       const struct subject *subject, bool *hit,
                       struct error *err)
{
    json_t *others = json_copy(dict);
    const char *key = NULL;
    json_t *value = NULL;
    struct pattern_map map;
    json_object_foreach(keys, key, value)
    {
        json_object_del(others, key);
    }
    bool done = pattern_map_init(&map, others, PATTERN_ENDS, err) &&
                map_hits(&map, subject, hit, err);
    pattern_map_clear(&map);
    json_decref(others);
    return done;
}

/* BEFORE with VALUE under each of KEYS, in front of all or in its old place,
 * else at the end; a NULL value takes the keys off.  A new reference.
 */
static json_t *edited_new(json_t *before, json_t *keys, json_t *value,
                          bool front)
{
    json_t *after = json_object(), *item = NULL;
    const char *key = NULL;
    if (value != NULL && front) {
        json_object_foreach(keys, key, item)
        {
            json_object_set(after, key, value);
        }
    }
    json_object_foreach(before, key, item)
    {
        bool own = json_object_get(keys, key) != NULL;
        if (!own || (value != NULL && !front)) {
            json_object_set(after, key, own ? value : item);
        }
    }
    if (value != NULL && !front) {
        json_object_foreach(keys, key, item)
        {
            json_object_set(after, key, value);
        }
    }
    return after;
}

/* Write VALUE, which SAME says all modules have anyway, into FIELD. */
static bool set_entry(const struct subject *subject,
                      struct adapter_settings *settings, const char *field,
                      json_t *value, bool same, struct error *err)
{
    json_t *keys = json_object();
    json_t *before = settings_field_new(settings, field);
    bool front = false;
    if (!json_is_object(before)) {
        json_decref(before);
        before = json_object();
    }
    bool done = add_keys(subject, keys, err) &&
                others_hit(before, keys, subject, &front, err);
    if (done) {
        json_t *after =
            edited_new(before, keys, same && !front ? NULL : value, front);
        bool none = json_object_size(after) == 0;
        done = settings_set_field(settings, field, none ? NULL : after, err);
        json_decref(after);
    }
    json_decref(before);
    json_decref(keys);
    return done;
}

bool targets_can_own(const struct target_row *row, struct error *err)
{
    if (row->heading) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s is a group: go to one of its rows", row->label);
    }
    return row->matched > 0 ||
           error_set(err, ERROR_UNSUPPORTED,
                     "%s gets no adapter: space switches it on first",
                     row->label);
}

bool targets_set_rank(const struct targets *targets, size_t row,
                      const struct count *count,
                      struct adapter_settings *settings, uint64_t rank,
                      struct error *err)
{
    const struct subject subject = {targets, count, row};
    const struct target_row *of = &targets->rows[row];
    if (!targets_can_own(of, err)) {
        return false;
    }
    /* Fused experts have another rank than the rest without any pattern. */
    bool as_it_is = !of->own_rank && rank == of->rank_low;
    bool same = rank == 0 || rank == settings->rank || as_it_is;
    json_t *value =
        json_integer((json_int_t)(rank > 0 ? rank : settings->rank));
    bool done = set_entry(&subject, settings, "rank_pattern", value, same, err);
    json_decref(value);
    return done;
}

/* A whole number as PEFT's users write it, else a real one. */
static json_t *alpha_value_new(double alpha)
{
    bool whole = alpha >= -1e9 && alpha <= 1e9 &&
                 !((double)(int64_t)alpha < alpha) &&
                 !((double)(int64_t)alpha > alpha);
    return whole ? json_integer((json_int_t)alpha) : json_real(alpha);
}

static bool equal(double a, double b)
{
    return !(a < b) && !(a > b);
}

bool targets_set_alpha(const struct targets *targets, size_t row,
                       const struct count *count,
                       struct adapter_settings *settings, const double *alpha,
                       struct error *err)
{
    const struct subject subject = {targets, count, row};
    const struct target_row *of = &targets->rows[row];
    if (!targets_can_own(of, err)) {
        return false;
    }
    bool same = alpha == NULL || equal(*alpha, settings->alpha) ||
                (!of->own_alpha && equal(*alpha, of->alpha_low));
    json_t *value = alpha_value_new(alpha != NULL ? *alpha : settings->alpha);
    bool done =
        set_entry(&subject, settings, "alpha_pattern", value, same, err);
    json_decref(value);
    return done;
}

/* ---- on the screen ---------------------------------------------------------- */

static void append_field(const struct adapter_settings *settings,
                         const char *field, struct text *out)
{
    json_t *dict = settings_field_new(settings, field);
    if (json_object_size(dict) > 0) {
        char *text = json_dumps(dict, JSON_REAL_PRECISION(15));
        text_appendf(out, "%s%s %s", out->length > 0 ? "  " : "", field,
                     text != NULL ? text : "");
        memory_free(text);
    }
    json_decref(dict);
}

const char *targets_patterns(const struct adapter_settings *settings,
                             struct arena *arena, struct error *err)
{
    struct text out = {0};
    append_field(settings, "rank_pattern", &out);
    append_field(settings, "alpha_pattern", &out);
    char *kept =
        text_ok(&out, err) ? arena_new(arena, out.length + 1, 1, err) : NULL;
    if (kept != NULL) {
        text_sanitize(kept, out.length + 1, text_string(&out));
    }
    text_clear(&out);
    return kept;
}
