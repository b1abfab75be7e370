/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parsing dimension formulas: precedence climbing over a table of operators.
 *
 * Depth is bounded, since override folders may hold anything.
 */
#include "model/expression.h"

#include <ctype.h>
#include <string.h>

#include "model/expression_tree.h"

enum {
    DEPTH_MOST = 60,
    NODES_MOST = 500, /* a long chain is as deep a tree as it is long */
};

struct parser {
    const char *start, *at, *end;
    struct arena *arena;
    struct error *err;
    unsigned depth, nodes;
};

struct binary {
    const char *spelling; /* longer spellings before their prefixes */
    enum expression_operator operator;
    int precedence;
};

static const struct binary binaries[] = {
    {"??", OPERATOR_DEFAULT, 1},    {"||", OPERATOR_OR, 2},
    {"&&", OPERATOR_AND, 3},        {"==", OPERATOR_EQUAL, 4},
    {"!=", OPERATOR_UNEQUAL, 4},    {"<=", OPERATOR_LESS_EQUAL, 5},
    {">=", OPERATOR_MORE_EQUAL, 5}, {"<", OPERATOR_LESS, 5},
    {">", OPERATOR_MORE, 5},        {"+", OPERATOR_ADD, 6},
    {"-", OPERATOR_SUBTRACT, 6},    {"*", OPERATOR_MULTIPLY, 7},
    {"/", OPERATOR_DIVIDE, 7},      {"%", OPERATOR_MODULO, 7},
};

static const struct {
    const char *name;
    enum expression_function function;
    size_t least, most; /* arguments */
} functions[] = {
    {"min", FUNCTION_MIN, 2, EXPRESSION_ARGUMENTS},
    {"max", FUNCTION_MAX, 2, EXPRESSION_ARGUMENTS},
    {"sum", FUNCTION_SUM, 1, 1},
    {"has", FUNCTION_HAS, 2, 2},
    {"list", FUNCTION_LIST, 1, 1},
    {"len", FUNCTION_LEN, 1, 1},
    {"ceildiv", FUNCTION_CEILDIV, 2, 2},
    {"roundup", FUNCTION_ROUNDUP, 2, 2},
    {"int23", FUNCTION_INT23, 1, 1},
};

static const struct expression *parse_choice(struct parser *parser);

static const struct expression *fail(struct parser *parser, const char *what)
{
    error_set(
        parser->err, ERROR_FORMAT, "formula \"%.*s\": %s at character %zu",
        (int)(parser->end - parser->start > 120 ? 120
                                                : parser->end - parser->start),
        parser->start, what, (size_t)(parser->at - parser->start) + 1);
    return NULL;
}

static void skip_space(struct parser *parser)
{
    while (parser->at < parser->end && isspace((unsigned char)*parser->at)) {
        parser->at++;
    }
}

static bool accept(struct parser *parser, const char *spelling)
{
    skip_space(parser);
    size_t length = strlen(spelling);
    if ((size_t)(parser->end - parser->at) < length ||
        memcmp(parser->at, spelling, length) != 0) {
        return false;
    }
    parser->at += length;
    return true;
}

static struct expression *node_new(struct parser *parser,
                                   enum expression_kind kind)
{
    if (++parser->nodes > NODES_MOST) {
        fail(parser, "too long a formula");
        return NULL;
    }
    struct expression *node =
        arena_new(parser->arena, 1, sizeof(*node), parser->err);
    if (node != NULL) {
        node->kind = kind;
    }
    return node;
}

static const struct expression *parse_integer(struct parser *parser)
{
    int64_t integer = 0;
    while (parser->at < parser->end && isdigit((unsigned char)*parser->at)) {
        if (__builtin_mul_overflow(integer, 10, &integer) ||
            __builtin_add_overflow(integer, *parser->at - '0', &integer)) {
            return fail(parser, "a number too large");
        }
        parser->at++;
    }
    struct expression *node = node_new(parser, EXPRESSION_CONSTANT);
    if (node != NULL) {
        node->constant = value_integer(integer);
    }
    return node;
}

static const struct expression *parse_text(struct parser *parser)
{
    const char *start = ++parser->at;
    while (parser->at < parser->end && *parser->at != '\'') {
        parser->at++;
    }
    if (parser->at == parser->end) {
        return fail(parser, "a quote that is not closed");
    }
    struct expression *node = node_new(parser, EXPRESSION_CONSTANT);
    if (node == NULL) {
        return NULL;
    }
    node->constant.kind = VALUE_TEXT;
    node->constant.text = arena_copy(parser->arena, start,
                                     (size_t)(parser->at - start), parser->err);
    parser->at++;
    return node->constant.text != NULL ? node : NULL;
}

static const struct expression *parse_call(struct parser *parser, size_t which)
{
    struct expression *node = node_new(parser, EXPRESSION_CALL);
    if (node == NULL) {
        return NULL;
    }
    node->function = functions[which].function;
    do {
        if (node->children == functions[which].most) {
            return fail(parser, "too many arguments");
        }
        node->child[node->children] = parse_choice(parser);
        if (node->child[node->children] == NULL) {
            return NULL;
        }
        node->children++;
    } while (accept(parser, ","));
    if (!accept(parser, ")")) {
        return fail(parser, "a missing ')'");
    }
    if (node->children < functions[which].least) {
        return fail(parser, "too few arguments");
    }
    return node;
}

static bool is_name_byte(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_' || byte == '.';
}

static const struct expression *parse_name(struct parser *parser)
{
    const char *start = parser->at;
    while (parser->at < parser->end && is_name_byte(*parser->at)) {
        parser->at++;
    }
    size_t length = (size_t)(parser->at - start);
    if (length == 4 && memcmp(start, "null", 4) == 0) {
        return node_new(parser, EXPRESSION_CONSTANT);
    }
    if (accept(parser, "(")) {
        for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
            if (strlen(functions[i].name) == length &&
                memcmp(functions[i].name, start, length) == 0) {
                return parse_call(parser, i);
            }
        }
        return fail(parser, "an unknown function before '('");
    }
    struct expression *node = node_new(parser, EXPRESSION_NAME);
    if (node == NULL) {
        return NULL;
    }
    node->name = arena_copy(parser->arena, start, length, parser->err);
    return node->name != NULL ? node : NULL;
}

static const struct expression *parse_primary(struct parser *parser)
{
    skip_space(parser);
    if (parser->at == parser->end) {
        return fail(parser, "an operand is missing");
    }
    char byte = *parser->at;
    if (isdigit((unsigned char)byte)) {
        return parse_integer(parser);
    }
    if (byte == '\'') {
        return parse_text(parser);
    }
    if (isalpha((unsigned char)byte) || byte == '_') {
        return parse_name(parser);
    }
    if (accept(parser, "(")) {
        const struct expression *inner = parse_choice(parser);
        if (inner != NULL && !accept(parser, ")")) {
            return fail(parser, "a missing ')'");
        }
        return inner;
    }
    return fail(parser, "an operand is missing");
}

static struct expression *operator_new(struct parser *parser,
                                       enum expression_operator operator,
                                       const struct expression * a,
                                       const struct expression *b,
                                       const struct expression *c)
{
    struct expression *node = node_new(parser, EXPRESSION_OPERATOR);
    if (node != NULL) {
        node->operator= operator;
        node->child[0] = a;
        node->child[1] = b;
        node->child[2] = c;
        node->children = c != NULL ? 3 : b != NULL ? 2 : 1;
    }
    return node;
}

static const struct expression *parse_unary(struct parser *parser)
{
    if (++parser->depth > DEPTH_MOST) {
        return fail(parser, "too deep a nesting");
    }
    skip_space(parser);
    bool is_not = parser->at + 1 < parser->end && parser->at[0] == '!' &&
                  parser->at[1] != '=';
    bool is_minus = parser->at < parser->end && parser->at[0] == '-';
    const struct expression *node = NULL;
    if (is_not || is_minus) {
        parser->at++;
        node = parse_unary(parser);
        if (node != NULL) {
            node = operator_new(parser, is_not ? OPERATOR_NOT : OPERATOR_NEGATE,
                                node, NULL, NULL);
        }
        parser->depth--;
        return node;
    }
    node = parse_primary(parser);
    while (node != NULL && accept(parser, "[")) {
        const struct expression *index = parse_choice(parser);
        if (index == NULL || !accept(parser, "]")) {
            return index == NULL ? NULL : fail(parser, "a missing ']'");
        }
        node = operator_new(parser, OPERATOR_INDEX, node, index, NULL);
    }
    parser->depth--;
    return node;
}

static const struct binary *peek_binary(struct parser *parser, int least)
{
    skip_space(parser);
    for (size_t i = 0; i < sizeof(binaries) / sizeof(binaries[0]); i++) {
        size_t length = strlen(binaries[i].spelling);
        if ((size_t)(parser->end - parser->at) >= length &&
            memcmp(parser->at, binaries[i].spelling, length) == 0) {
            return binaries[i].precedence >= least ? &binaries[i] : NULL;
        }
    }
    return NULL;
}

static const struct expression *parse_binary(struct parser *parser, int least)
{
    const struct expression *left = parse_unary(parser);
    const struct binary *binary = NULL;
    while (left != NULL && (binary = peek_binary(parser, least)) != NULL) {
        parser->at += strlen(binary->spelling);
        const struct expression *right =
            parse_binary(parser, binary->precedence + 1);
        if (right == NULL) {
            return NULL;
        }
        left = operator_new(parser, binary->operator, left, right, NULL);
    }
    return left;
}

static const struct expression *parse_choice(struct parser *parser)
{
    if (++parser->depth > DEPTH_MOST) {
        return fail(parser, "too deep a nesting");
    }
    const struct expression *node = parse_binary(parser, 1);
    skip_space(parser);
    bool choice = parser->at < parser->end && parser->at[0] == '?';
    if (node != NULL && choice) {
        parser->at++;
        const struct expression *yes = parse_choice(parser);
        if (yes == NULL) {
            return NULL;
        }
        if (!accept(parser, ":")) {
            return fail(parser, "a missing ':'");
        }
        const struct expression *no = parse_choice(parser);
        node = no == NULL
                   ? NULL
                   : operator_new(parser, OPERATOR_CHOOSE, node, yes, no);
    }
    parser->depth--;
    return node;
}

const struct expression *expression_parse(const char *text, size_t length,
                                          struct arena *arena,
                                          struct error *err)
{
    struct parser parser = {.start = text,
                            .at = text,
                            .end = text + length,
                            .arena = arena,
                            .err = err};
    const struct expression *root = parse_choice(&parser);
    skip_space(&parser);
    if (root != NULL && parser.at != parser.end) {
        return fail(&parser, "something that is no operator");
    }
    return root;
}
