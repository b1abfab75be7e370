/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parsed form of a formula, shared by its parser and its evaluator.
 */
#ifndef MODEL_EXPRESSION_TREE_H
#define MODEL_EXPRESSION_TREE_H

#include "model/expression.h"

enum expression_kind {
    EXPRESSION_CONSTANT,
    EXPRESSION_NAME,
    EXPRESSION_OPERATOR,
    EXPRESSION_CALL,
};

enum expression_operator {
    OPERATOR_CHOOSE,
    OPERATOR_DEFAULT,
    OPERATOR_OR,
    OPERATOR_AND,
    OPERATOR_EQUAL,
    OPERATOR_UNEQUAL,
    OPERATOR_LESS,
    OPERATOR_LESS_EQUAL,
    OPERATOR_MORE,
    OPERATOR_MORE_EQUAL,
    OPERATOR_ADD,
    OPERATOR_SUBTRACT,
    OPERATOR_MULTIPLY,
    OPERATOR_DIVIDE,
    OPERATOR_MODULO,
    OPERATOR_NOT,
    OPERATOR_NEGATE,
    OPERATOR_INDEX,
};

enum expression_function {
    FUNCTION_MIN,
    FUNCTION_MAX,
    FUNCTION_SUM,
    FUNCTION_HAS,
    FUNCTION_LIST,
    FUNCTION_LEN,
    FUNCTION_CEILDIV,
    FUNCTION_ROUNDUP,
    FUNCTION_INT23,
};

enum { EXPRESSION_ARGUMENTS = 4 }; /* most arguments of a call */

struct expression {
    enum expression_kind kind;
    struct value constant;
    const char *name; /* dotted */
    enum expression_operator operator;
    enum expression_function function;
    size_t children;
    const struct expression *child[EXPRESSION_ARGUMENTS];
};

#endif
