/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Evaluating dimension formulas; parsing stands in expression_parse.c.
 */
#include "model/expression.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "model/expression_tree.h"

struct value value_integer(int64_t integer)
{
    return (struct value){.kind = VALUE_INTEGER, .integer = integer};
}

static struct value value_null(const char *key)
{
    return (struct value){.kind = VALUE_NULL, .key = key};
}

static struct value value_from_real(double real, const char *key)
{
    if (trunc(real) == real && fabs(real) < 9.0e15) {
        return (struct value){
            .kind = VALUE_INTEGER, .integer = (int64_t)real, .key = key};
    }
    return (struct value){.kind = VALUE_REAL, .real = real, .key = key};
}

struct value value_from_json(const json_t *json, const char *key)
{
    struct value value = {.key = key};
    if (json == NULL) {
        return value;
    }
    switch (json_typeof(json)) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        value.kind = VALUE_JSON;
        value.json = json;
        break;
    case JSON_STRING:
        value.kind = VALUE_TEXT;
        value.text = json_string_value(json);
        break;
    case JSON_INTEGER:
        value.kind = VALUE_INTEGER;
        value.integer = json_integer_value(json);
        break;
    case JSON_REAL:
        return value_from_real(json_real_value(json), key);
    case JSON_TRUE:
    case JSON_FALSE:
        value.kind = VALUE_INTEGER;
        value.integer = json_is_true(json);
        break;
    case JSON_NULL:
        break;
    }
    return value;
}

static size_t value_length(const struct value *value)
{
    if (value->kind != VALUE_JSON) {
        return 0;
    }
    return json_is_array(value->json) ? json_array_size(value->json)
                                      : json_object_size(value->json);
}

bool value_is_true(const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        return false;
    case VALUE_INTEGER:
        return value->integer != 0;
    case VALUE_REAL:
        return true;
    case VALUE_TEXT:
        return value->text[0] != '\0';
    case VALUE_JSON:
        return value_length(value) > 0;
    }
    return false;
}

/* An operand that arithmetic can take, or a sentence that says why not. */
static bool check_number(const struct value *value, struct error *err)
{
    const char *key = value->key != NULL ? value->key : "a value";
    char number[UNITS_SIZE];
    switch (value->kind) {
    case VALUE_NULL:
    case VALUE_INTEGER:
        return true;
    case VALUE_REAL:
        return error_set(err, ERROR_FORMAT,
                         "%s is %s, a whole number is needed", key,
                         units_real(number, value->real));
    case VALUE_TEXT:
        return error_set(err, ERROR_FORMAT,
                         "%s is the text \"%.40s\", a whole number is needed",
                         key, value->text);
    case VALUE_JSON:
        return error_set(err, ERROR_FORMAT,
                         "%s is a list or an object, a whole number is needed",
                         key);
    }
    return true;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    int64_t quotient = a / b;
    return (a % b != 0 && (a < 0) != (b < 0)) ? quotient - 1 : quotient;
}

static bool divide(enum expression_operator operator, int64_t a,
                   const struct value *by, struct value *out)
{
    if (by->integer == 0) {
        *out = value_null(by->key);
        out->by_zero = true;
        return true;
    }
    if (a == INT64_MIN && by->integer == -1) {
        return false;
    }
    int64_t quotient = floor_divide(a, by->integer);
    *out =
        value_integer(operator== OPERATOR_DIVIDE ? quotient
                                                 : a - quotient * by->integer);
    return true;
}

static bool arithmetic(enum expression_operator operator,
                       const struct value * a, const struct value *b,
                       struct value *out, struct error *err)
{
    if (!check_number(a, err) || !check_number(b, err)) {
        return false;
    }
    if (a->kind == VALUE_NULL || b->kind == VALUE_NULL) {
        *out = a->kind == VALUE_NULL ? *a : *b;
        return true;
    }
    int64_t result = 0;
    bool overflow = false;
    if (operator== OPERATOR_ADD) {
        overflow = __builtin_add_overflow(a->integer, b->integer, &result);
    } else if (operator== OPERATOR_SUBTRACT) {
        overflow = __builtin_sub_overflow(a->integer, b->integer, &result);
    } else if (operator== OPERATOR_MULTIPLY) {
        overflow = __builtin_mul_overflow(a->integer, b->integer, &result);
    } else if (divide(operator, a->integer, b, out)) {
        return true;
    } else {
        overflow = true;
    }
    if (overflow) {
        const char *key = a->key != NULL ? a->key : b->key;
        return error_set(err, ERROR_RANGE, "%s leads to a size beyond 2^63",
                         key != NULL ? key : "the config");
    }
    *out = value_integer(result);
    return true;
}

static bool values_equal(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case VALUE_NULL:
        return true;
    case VALUE_INTEGER:
        return a->integer == b->integer;
    case VALUE_REAL:
        return !(a->real < b->real) && !(a->real > b->real);
    case VALUE_TEXT:
        return strcmp(a->text, b->text) == 0;
    case VALUE_JSON:
        return json_equal(a->json, b->json) != 0;
    }
    return false;
}

static double value_as_real(const struct value *value)
{
    return value->kind == VALUE_REAL ? value->real : (double)value->integer;
}

static bool order(enum expression_operator operator, const struct value * a,
                  const struct value *b, struct value *out, struct error *err)
{
    if (a->kind == VALUE_NULL || b->kind == VALUE_NULL) {
        *out = value_integer(0);
        return true;
    }
    if ((a->kind != VALUE_REAL && !check_number(a, err)) ||
        (b->kind != VALUE_REAL && !check_number(b, err))) {
        return false;
    }
    double x = value_as_real(a);
    double y = value_as_real(b);
    bool both = a->kind == VALUE_INTEGER && b->kind == VALUE_INTEGER;
    bool less = both ? a->integer < b->integer : x < y;
    bool more = both ? a->integer > b->integer : x > y;
    bool result = operator== OPERATOR_LESS       ? less :
                  operator== OPERATOR_LESS_EQUAL ? !more
                  :
                  operator== OPERATOR_MORE ? more
                                           : !less;
    *out = value_integer(result);
    return true;
}

static bool index_list(const struct value *list, const struct value *index,
                       struct value *out, struct error *err)
{
    if (list->kind == VALUE_NULL || index->kind == VALUE_NULL) {
        *out = list->kind == VALUE_NULL ? *list : *index;
        return true;
    }
    const char *key = list->key != NULL ? list->key : "a value";
    if (list->kind != VALUE_JSON || !json_is_array(list->json)) {
        return error_set(err, ERROR_FORMAT, "%s is not a list", key);
    }
    if (!check_number(index, err)) {
        return false;
    }
    size_t length = json_array_size(list->json);
    if (index->integer < 0 || (uint64_t)index->integer >= length) {
        return error_set(err, ERROR_FORMAT,
                         "%s has %zu entries, entry number %" PRId64
                         " is needed: the list is shorter than the layers",
                         key, length, index->integer + 1);
    }
    *out = value_from_json(json_array_get(list->json, (size_t)index->integer),
                           list->key);
    return true;
}

static bool call_sum(const struct value *list, struct value *out,
                     struct error *err)
{
    struct value total = value_integer(0);
    for (size_t i = 0; i < value_length(list); i++) {
        struct value item =
            value_from_json(json_array_get(list->json, i), list->key);
        if (!arithmetic(OPERATOR_ADD, &total, &item, &total, err)) {
            return false;
        }
    }
    *out = list->kind == VALUE_NULL ? *list : total;
    return true;
}

static bool list_has(const struct value *list, const struct value *wanted)
{
    if (list->kind != VALUE_JSON || !json_is_array(list->json)) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(list->json); i++) {
        struct value item =
            value_from_json(json_array_get(list->json, i), NULL);
        if (values_equal(&item, wanted)) {
            return true;
        }
    }
    return false;
}

/* ceil(a / b), and that times b. */
static bool call_ceiling(enum expression_function function,
                         const struct value *a, const struct value *b,
                         struct value *out, struct error *err)
{
    struct value minus = value_integer(-1);
    struct value quotient;
    struct value negated;
    if (!arithmetic(OPERATOR_MULTIPLY, a, &minus, &negated, err) ||
        !arithmetic(OPERATOR_DIVIDE, &negated, b, &quotient, err) ||
        !arithmetic(OPERATOR_MULTIPLY, &quotient, &minus, out, err)) {
        return false;
    }
    return function == FUNCTION_CEILDIV ||
           arithmetic(OPERATOR_MULTIPLY, out, b, out, err);
}

static bool call_extreme(enum expression_function function,
                         const struct value *values, size_t count,
                         struct value *out, struct error *err)
{
    *out = values[0];
    for (size_t i = 0; i < count; i++) {
        if (!check_number(&values[i], err)) {
            return false;
        }
        if (values[i].kind == VALUE_NULL) {
            *out = values[i];
            return true;
        }
        bool less = values[i].integer < out->integer;
        if (function == FUNCTION_MIN ? less
                                     : values[i].integer > out->integer) {
            *out = values[i];
        }
    }
    return true;
}

static bool call(enum expression_function function, const struct value *values,
                 size_t count, struct value *out, struct error *err)
{
    struct value two = value_integer(2);
    struct value three = value_integer(3);
    switch (function) {
    case FUNCTION_MIN:
    case FUNCTION_MAX:
        return call_extreme(function, values, count, out, err);
    case FUNCTION_SUM:
        return call_sum(&values[0], out, err);
    case FUNCTION_HAS:
        *out = value_integer(list_has(&values[0], &values[1]));
        return true;
    case FUNCTION_LIST:
        *out = value_integer(values[0].kind == VALUE_JSON &&
                             json_is_array(values[0].json));
        return true;
    case FUNCTION_LEN:
        *out = value_integer((int64_t)value_length(&values[0]));
        return true;
    case FUNCTION_CEILDIV:
    case FUNCTION_ROUNDUP:
        return call_ceiling(function, &values[0], &values[1], out, err);
    case FUNCTION_INT23:
        return arithmetic(OPERATOR_MULTIPLY, &values[0], &two, out, err) &&
               arithmetic(OPERATOR_DIVIDE, out, &three, out, err);
    }
    return true;
}

/* Operators that may leave their second operand alone. */
static bool evaluate_lazy(const struct expression *node,
                          const struct expression_scope *scope,
                          struct value *value, struct error *err)
{
    struct value first;
    if (!expression_evaluate(node->child[0], scope, &first, err)) {
        return false;
    }
    bool truth = value_is_true(&first);
    if (node->operator== OPERATOR_CHOOSE) {
        return expression_evaluate(node->child[truth ? 1 : 2], scope, value,
                                   err);
    }
    if (node->operator== OPERATOR_DEFAULT) {
        *value = first;
        if (first.kind != VALUE_NULL) {
            return true;
        }
        if (!expression_evaluate(node->child[1], scope, value, err)) {
            return false;
        }
        if (value->kind == VALUE_NULL && first.key != NULL && !value->by_zero) {
            *value = first; /* name the key that was looked for first */
        }
        return true;
    }
    if (truth != (node->operator== OPERATOR_AND)) {
        *value = value_integer(truth);
        return true;
    }
    if (!expression_evaluate(node->child[1], scope, &first, err)) {
        return false;
    }
    *value = value_integer(value_is_true(&first));
    return true;
}

static bool evaluate_operator(const struct expression *node,
                              const struct expression_scope *scope,
                              struct value *value, struct error *err)
{
    struct value operand[2] = {{.kind = VALUE_NULL}, {.kind = VALUE_NULL}};
    for (size_t i = 0; i < node->children; i++) {
        if (!expression_evaluate(node->child[i], scope, &operand[i], err)) {
            return false;
        }
    }
    switch (node->operator) {
    case OPERATOR_NOT:
        *value = value_integer(!value_is_true(&operand[0]));
        return true;
    case OPERATOR_NEGATE:
        operand[1] = operand[0];
        operand[0] = value_integer(0);
        return arithmetic(OPERATOR_SUBTRACT, &operand[0], &operand[1], value,
                          err);
    case OPERATOR_EQUAL:
    case OPERATOR_UNEQUAL:
        *value = value_integer(values_equal(&operand[0], &operand[1]) ==
                               (node->operator== OPERATOR_EQUAL));
        return true;
    case OPERATOR_LESS:
    case OPERATOR_LESS_EQUAL:
    case OPERATOR_MORE:
    case OPERATOR_MORE_EQUAL:
        return order(node->operator, & operand[0], &operand[1], value, err);
    case OPERATOR_INDEX:
        return index_list(&operand[0], &operand[1], value, err);
    case OPERATOR_ADD:
    case OPERATOR_SUBTRACT:
    case OPERATOR_MULTIPLY:
    case OPERATOR_DIVIDE:
    case OPERATOR_MODULO:
        return arithmetic(node->operator, & operand[0], &operand[1], value,
                          err);
    case OPERATOR_AND:
    case OPERATOR_OR:
    case OPERATOR_DEFAULT:
    case OPERATOR_CHOOSE:
        break;
    }
    return evaluate_lazy(node, scope, value, err);
}

static bool is_lazy(enum expression_operator operator)
{
    return operator== OPERATOR_AND || operator== OPERATOR_OR || operator==
        OPERATOR_DEFAULT ||
        operator== OPERATOR_CHOOSE;
}

bool expression_evaluate(const struct expression *node,
                         const struct expression_scope *scope,
                         struct value *value, struct error *err)
{
    struct value arguments[EXPRESSION_ARGUMENTS] = {{.kind = VALUE_NULL}};
    switch (node->kind) {
    case EXPRESSION_CONSTANT:
        *value = node->constant;
        return true;
    case EXPRESSION_NAME:
        return scope->lookup(scope->payload, node->name, value, err);
    case EXPRESSION_OPERATOR:
        return is_lazy(node->operator)
                   ? evaluate_lazy(node, scope, value, err)
                   : evaluate_operator(node, scope, value, err);
    case EXPRESSION_CALL:
        for (size_t i = 0; i < node->children; i++) {
            if (!expression_evaluate(node->child[i], scope, &arguments[i],
                                     err)) {
                return false;
            }
        }
        return call(node->function, arguments, node->children, value, err);
    }
    return true;
}

bool expression_visit(const struct expression *node,
                      bool (*visit)(void *payload, const char *name,
                                    bool literal),
                      void *payload)
{
    if (node->kind == EXPRESSION_NAME && !visit(payload, node->name, false)) {
        return false;
    }
    if (node->kind == EXPRESSION_CONSTANT &&
        node->constant.kind == VALUE_TEXT &&
        !visit(payload, node->constant.text, true)) {
        return false;
    }
    for (size_t i = 0; i < node->children; i++) {
        if (!expression_visit(node->child[i], visit, payload)) {
            return false;
        }
    }
    return true;
}
