/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading .arch files, a statement a line.
 */
#include "model/architecture_read.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { INHERIT_MOST = 8 };

struct reader {
    struct architecture *architecture;
    const struct resource_path *path;
    const char *file; /* "architectures/llama.arch" */
    unsigned line;
    unsigned depth;                /* of inheritance */
    const struct expression *when; /* of the block that is open */
    struct error *err;
};

/* A piece of a line. */
struct span {
    const char *start;
    size_t length;
};

static bool fail(struct reader *reader, const char *what)
{
    return error_set(reader->err, ERROR_FORMAT, "%s:%u: %s", reader->file,
                     reader->line, what);
}

static struct span span_trim(struct span span)
{
    while (span.length > 0 && isspace((unsigned char)span.start[0])) {
        span.start++;
        span.length--;
    }
    while (span.length > 0 &&
           isspace((unsigned char)span.start[span.length - 1])) {
        span.length--;
    }
    return span;
}

/* Take the first word off *rest. */
static struct span span_word(struct span *rest)
{
    *rest = span_trim(*rest);
    struct span word = {rest->start, 0};
    while (word.length < rest->length &&
           !isspace((unsigned char)rest->start[word.length])) {
        word.length++;
    }
    rest->start += word.length;
    rest->length -= word.length;
    *rest = span_trim(*rest);
    return word;
}

static bool span_is(struct span span, const char *word)
{
    return strlen(word) == span.length &&
           memcmp(span.start, word, span.length) == 0;
}

/* Take what stands before the next SEPARATOR outside brackets and quotes. */
static struct span span_until(struct span *rest, char separator)
{
    size_t i = 0;
    int depth = 0;
    bool quoted = false;
    for (; i < rest->length; i++) {
        char byte = rest->start[i];
        quoted = byte == '\'' ? !quoted : quoted;
        if (!quoted && byte == separator && depth == 0) {
            break;
        }
        if (!quoted && (byte == '(' || byte == '[')) {
            depth++;
        } else if (!quoted && (byte == ')' || byte == ']')) {
            depth--;
        }
    }
    struct span piece = {rest->start, i};
    size_t taken = i < rest->length ? i + 1 : i;
    rest->start += taken;
    rest->length -= taken;
    return span_trim(piece);
}

static const char *copy(struct reader *reader, struct span span)
{
    if (span.length == 0 || span.length > ARCHITECTURE_NAME) {
        fail(reader, "a name is missing or too long");
        return NULL;
    }
    return arena_copy(&reader->architecture->arena, span.start, span.length,
                      reader->err);
}

static const struct expression *parse(struct reader *reader, struct span span)
{
    const struct expression *expression = expression_parse(
        span.start, span.length, &reader->architecture->arena, reader->err);
    if (expression == NULL) {
        error_prefix(reader->err, "%s:%u", reader->file, reader->line);
    }
    return expression;
}

/* One more zeroed element at the end of a growing list; NULL without memory. */
static void *push(void **items, size_t *count, size_t *capacity, size_t size,
                  struct error *err)
{
    void *grown = memory_grow(*items, capacity, *count + 1, size, err);
    if (grown == NULL) {
        return NULL;
    }
    *items = grown;
    return (char *)grown + (*count)++ * size;
}

#define PUSH(reader, list, field) \
    push((void **)&(list)->field##s, &(list)->field##_count, \
         &(list)->field##_capacity, sizeof(*(list)->field##s), (reader)->err)

/* `let NAME = FORMULA` and `for NAME < FORMULA`; a later one replaces. */
static bool read_binding(struct reader *reader, struct span rest, bool is_loop)
{
    struct architecture *to = reader->architecture;
    struct span name = span_word(&rest);
    struct span mark = span_word(&rest);
    if (!span_is(mark, is_loop ? "<" : "=")) {
        return fail(reader, is_loop ? "`for NAME < FORMULA` is needed"
                                    : "`let NAME = FORMULA` is needed");
    }
    struct architecture_binding binding = {copy(reader, name),
                                           parse(reader, rest)};
    if (binding.name == NULL || binding.value == NULL) {
        return false;
    }
    struct architecture_binding *known = is_loop ? to->loops : to->lets;
    size_t count = is_loop ? to->loop_count : to->let_count;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(known[i].name, binding.name) == 0) {
            known[i] = binding;
            return true;
        }
    }
    if (count == ARCHITECTURE_LETS) {
        return fail(reader, "too many `let` or `for` lines");
    }
    struct architecture_binding *new =
        is_loop ? PUSH(reader, to, loop) : PUSH(reader, to, let);
    if (new != NULL) {
        *new = binding;
    }
    return new != NULL;
}

/* `rename FROM -> TO`; WHEN as for a row. */
static bool read_rename(struct reader *reader, struct span rest,
                        const struct expression *when)
{
    struct architecture_rename rename = {.when = when};
    rename.from = copy(reader, span_word(&rest));
    struct span arrow = span_word(&rest);
    rename.to = copy(reader, span_word(&rest));
    if (rename.from == NULL || rename.to == NULL) {
        return false;
    }
    if (!span_is(arrow, "->")) {
        return fail(reader, "`rename FROM -> TO` is needed");
    }
    struct architecture_rename *new =
        PUSH(reader, reader->architecture, rename);
    if (new != NULL) {
        *new = rename;
    }
    return new != NULL;
}

/* A rename under transformers 5 alone. */
static bool read_rename5(struct reader *reader, struct span rest)
{
    static const char condition[] = "transformers == 5";
    const struct expression *when =
        parse(reader, (struct span){condition, sizeof(condition) - 1});
    return when != NULL && read_rename(reader, rest, when);
}

static bool read_refused(struct reader *reader, struct span rest)
{
    struct architecture *to = reader->architecture;
    while (rest.length > 0) {
        const char *name = copy(reader, span_word(&rest));
        void *grown = memory_grow(to->refused, &to->refused_capacity,
                                  to->refused_count + 1, sizeof(*to->refused),
                                  reader->err);
        if (name == NULL || grown == NULL) {
            return false;
        }
        to->refused = grown;
        to->refused[to->refused_count++] = name;
    }
    return true;
}

static bool read_drop(struct reader *reader, struct span rest)
{
    struct architecture *from = reader->architecture;
    size_t kept = 0;
    for (size_t i = 0; i < from->row_count; i++) {
        if (!span_is(rest, from->rows[i].name)) {
            from->rows[kept++] = from->rows[i];
        }
    }
    bool found = kept < from->row_count;
    from->row_count = kept;
    return found || fail(reader, "`drop` names a row that is not inherited");
}

static bool read_shape(struct reader *reader, struct span *rest,
                       struct architecture_row *row)
{
    struct span shape = span_until(rest, ',');
    if (shape.length < 2 || shape.start[0] != '[' ||
        shape.start[shape.length - 1] != ']') {
        return fail(reader, "a [shape] is needed after the name");
    }
    shape.start++;
    shape.length -= 2;
    while (shape.length > 0) {
        struct span size = span_until(&shape, ',');
        if (row->dimensions == MODULE_DIMENSIONS) {
            return fail(reader, "a shape of too many dimensions");
        }
        row->shape[row->dimensions] = parse(reader, size);
        if (row->shape[row->dimensions++] == NULL) {
            return false;
        }
    }
    return true;
}

static bool read_clauses(struct reader *reader, struct span rest,
                         struct architecture_row *row)
{
    while (rest.length > 0) {
        struct span clause = span_until(&rest, ',');
        struct span word = span_word(&clause);
        if (span_is(word, "output") && clause.length == 0) {
            row->output = true;
        } else if (span_is(word, "buffer") && clause.length == 0) {
            row->buffer = true;
        } else if (span_is(word, "bias")) {
            row->bias = parse(reader, clause);
        } else if (span_is(word, "tied")) {
            row->tied = parse(reader, clause);
        } else {
            return fail(reader,
                        "a clause is `bias`, `tied`, `output` or `buffer`");
        }
        if (reader->err->code != ERROR_NONE) {
            return false;
        }
    }
    return true;
}

/* How many dimensions a weight of each kind has. */
static bool row_fits(const struct architecture_row *row)
{
    unsigned d = row->dimensions;
    switch (row->kind) {
    case MODULE_LINEAR:
    case MODULE_CONV1D:
    case MODULE_EMBEDDING:
        return d == 2;
    case MODULE_CONV:
        return d >= 3 && d <= 5;
    case MODULE_NORM:
        return d == 1;
    case MODULE_PARAMETER:
        return d >= 1;
    case MODULE_EXPERTS:
    case MODULE_EXPERTS_T:
        return d == 3;
    }
    return false;
}

/* A row replaces the inherited one of its name, else it comes last. */
static bool add_row(struct reader *reader, const struct architecture_row *row)
{
    struct architecture *to = reader->architecture;
    for (size_t i = 0; i < to->row_count; i++) {
        if (to->rows[i].inherited && strcmp(to->rows[i].name, row->name) == 0) {
            to->rows[i] = *row;
            return true;
        }
    }
    struct architecture_row *new = PUSH(reader, to, row);
    if (new != NULL) {
        *new = *row;
    }
    return new != NULL;
}

static bool read_row(struct reader *reader, enum module_kind kind,
                     struct span rest)
{
    struct architecture_row row = {.kind = kind, .when = reader->when};
    row.name = copy(reader, span_word(&rest));
    if (row.name == NULL || !read_shape(reader, &rest, &row) ||
        !read_clauses(reader, rest, &row)) {
        return false;
    }
    if (!row_fits(&row)) {
        return fail(reader, "the shape has the wrong number of dimensions");
    }
    if (row.buffer && kind != MODULE_PARAMETER) {
        return fail(reader, "only a `parameter` can be a `buffer`");
    }
    return add_row(reader, &row);
}

static bool read_plain(struct reader *reader, struct span rest)
{
    while (rest.length > 0) {
        struct architecture_row row = {
            .kind = MODULE_PARAMETER, .plain = true, .when = reader->when};
        row.name = copy(reader, span_word(&rest));
        if (row.name == NULL || !add_row(reader, &row)) {
            return false;
        }
    }
    return true;
}

static bool read_inherit(struct reader *reader, struct span rest)
{
    struct architecture *to = reader->architecture;
    if (to->row_count > 0 || to->let_count > 0) {
        return fail(reader, "`inherit` comes once, and first");
    }
    const char *parent = copy(reader, rest);
    if (parent == NULL || !architecture_read(to, reader->path, parent,
                                             reader->depth + 1, reader->err)) {
        return false;
    }
    for (size_t i = 0; i < to->row_count; i++) {
        to->rows[i].inherited = true;
    }
    return true;
}

static bool read_backbone(struct reader *reader, struct span rest)
{
    struct architecture *to = reader->architecture;
    to->backbone = span_is(rest, "-") ? NULL : copy(reader, rest);
    return reader->err->code == ERROR_NONE;
}

static bool read_statement(struct reader *reader, struct span rest)
{
    struct architecture *to = reader->architecture;
    struct span word = span_word(&rest);
    for (unsigned kind = 0; kind < MODULE_KINDS; kind++) {
        if (span_is(word, module_kind_name((enum module_kind)kind))) {
            return read_row(reader, (enum module_kind)kind, rest);
        }
    }
    if (span_is(word, "plain")) {
        return read_plain(reader, rest);
    }
    if (span_is(word, "rename")) {
        return read_rename(reader, rest, reader->when);
    }
    if (reader->when != NULL) {
        return fail(reader, "only rows and renames stand in a `when` block");
    }
    if (span_is(word, "let") || span_is(word, "for")) {
        return read_binding(reader, rest, span_is(word, "for"));
    }
    if (span_is(word, "inherit")) {
        return read_inherit(reader, rest);
    }
    if (span_is(word, "class")) {
        return (to->class_name = copy(reader, rest)) != NULL;
    }
    if (span_is(word, "experts5")) {
        return (to->experts5 = copy(reader, rest)) != NULL;
    }
    if (span_is(word, "backbone")) {
        return read_backbone(reader, rest);
    }
    if (span_is(word, "drop")) {
        return read_drop(reader, rest);
    }
    if (span_is(word, "rename5")) {
        return read_rename5(reader, rest);
    }
    if (span_is(word, "refuse")) {
        return read_refused(reader, rest);
    }
    return span_is(word, "alias") || fail(reader, "an unknown statement");
}

/* Cut a comment off; a '#' inside quotes is none. */
static struct span without_comment(struct span line)
{
    bool quoted = false;
    for (size_t i = 0; i < line.length; i++) {
        quoted = line.start[i] == '\'' ? !quoted : quoted;
        if (line.start[i] == '#' && !quoted) {
            line.length = i;
            break;
        }
    }
    return line;
}

static bool read_line(struct reader *reader, struct span line)
{
    line = without_comment(line);
    bool indented = line.length > 0 && isspace((unsigned char)line.start[0]);
    line = span_trim(line);
    if (line.length == 0) {
        return true;
    }
    struct span rest = line;
    if (!indented) {
        reader->when = NULL;
    } else if (reader->when == NULL) {
        return fail(reader, "an indented line outside a `when` block");
    }
    if (span_is(span_word(&rest), "when")) {
        reader->when = parse(reader, rest);
        return reader->when != NULL;
    }
    return read_statement(reader, line);
}

static bool read_lines(struct reader *reader, const char *data, size_t length)
{
    const char *end = data + length;
    while (data < end) {
        const char *newline = memchr(data, '\n', (size_t)(end - data));
        const char *stop = newline != NULL ? newline : end;
        reader->line++;
        if (!read_line(reader, (struct span){data, (size_t)(stop - data)})) {
            return false;
        }
        data = stop + 1;
    }
    return true;
}

bool architecture_read(struct architecture *architecture,
                       const struct resource_path *path, const char *model_type,
                       unsigned depth, struct error *err)
{
    char file[ARCHITECTURE_NAME + 32];
    snprintf(file, sizeof(file), "architectures/%.*s.arch", ARCHITECTURE_NAME,
             model_type);
    if (depth > INHERIT_MOST) {
        return error_set(err, ERROR_FORMAT, "%s: inherits in a circle", file);
    }
    struct reader reader = {.architecture = architecture,
                            .path = path,
                            .file = file,
                            .depth = depth,
                            .err = err};
    const char *data = NULL;
    size_t length = 0;
    char *owned = NULL;
    if (!resource_read(path, file, &data, &length, &owned, err)) {
        return false;
    }
    bool done = read_lines(&reader, data, length);
    memory_free(owned);
    return done;
}

bool architecture_has_alias(const char *data, const char *wanted)
{
    for (const char *line = data; line != NULL;) {
        const char *newline = strchr(line, '\n');
        size_t length =
            newline != NULL ? (size_t)(newline - line) : strlen(line);
        struct span rest = without_comment((struct span){line, length});
        if (span_is(span_word(&rest), "alias")) {
            while (rest.length > 0) {
                if (span_is(span_word(&rest), wanted)) {
                    return true;
                }
            }
        }
        line = newline != NULL ? newline + 1 : NULL;
    }
    return false;
}
