#include "view/plural.h"

#include <string.h>

enum operator {
    NUMBER, COUNT, NOT, CHOICE, OR, AND, EQUAL, UNEQUAL, AT_LEAST, AT_MOST, MORE, LESS, PLUS, MINUS, TIMES, DIVIDE, REMAINDER
};

/* Longer signs first, so that "<=" is not read as "<". */
static const struct sign {
    const char *text;
    enum operator operator;
    int binds;
} signs[] = {
    {"||", OR, 1}, {"&&", AND, 2}, {"==", EQUAL, 3}, {"!=", UNEQUAL, 3}, {">=", AT_LEAST, 4}, {"<=", AT_MOST, 4}, {">", MORE, 4},
    {"<", LESS, 4}, {"+", PLUS, 5}, {"-", MINUS, 5}, {"*", TIMES, 6}, {"/", DIVIDE, 6}, {"%", REMAINDER, 6},
};

struct parser {
    Str rest;
    struct plural *out;
    int depth;
};

enum { FAILED = -1 };

static int parse_choice(struct parser *);

static void skip_blanks(struct parser *parser)
{
    while (parser->rest.n && strchr(" \t\\\n", parser->rest.p[0])) parser->rest = str_after(parser->rest, 1);
}

static bool take(struct parser *parser, Str sign)
{
    skip_blanks(parser);
    if (!str_starts(parser->rest, sign)) return false;
    parser->rest = str_after(parser->rest, sign.n);
    return true;
}

static int add(struct parser *parser, enum operator operator, int a, int b, int c)
{
    if (a == FAILED || b == FAILED || c == FAILED || parser->out->count == PLURAL_NODES) return FAILED;
    int at = parser->out->count++;
    parser->out->node[at] = (struct plural_node){.operator = (unsigned char)operator, .a = (unsigned char)a,
                                                 .b = (unsigned char)b, .c = (unsigned char)c};
    return at;
}

static int parse_number(struct parser *parser)
{
    uint64_t number = 0;
    size_t digits = 0;
    for (; digits < parser->rest.n && digits < 10; digits++) {
        char c = parser->rest.p[digits];
        if (c < '0' || c > '9') break;
        number = number * 10 + (uint64_t)(c - '0');
    }
    if (!digits || number > UINT32_MAX) return FAILED;
    parser->rest = str_after(parser->rest, digits);
    int at = add(parser, NUMBER, 0, 0, 0);
    if (at != FAILED) parser->out->node[at].number = (uint32_t)number;
    return at;
}

static int parse_operand(struct parser *parser)
{
    if (++parser->depth > PLURAL_DEPTH) return FAILED;
    int at;
    if (take(parser, STR("!"))) {
        at = add(parser, NOT, parse_operand(parser), 0, 0);
    } else if (take(parser, STR("("))) {
        at = parse_choice(parser);
        if (!take(parser, STR(")"))) at = FAILED;
    } else {
        at = take(parser, STR("n")) ? add(parser, COUNT, 0, 0, 0) : parse_number(parser);
    }
    parser->depth--;
    return at;
}

static const struct sign *next_sign(struct parser *parser, int binds)
{
    skip_blanks(parser);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_starts(parser->rest, str_of(signs[i].text))) return signs[i].binds == binds ? &signs[i] : NULL;
    return NULL;
}

/* One level of binding: a sequence of tighter-bound terms, from left to right. */
static int parse_binary(struct parser *parser, int binds)
{
    if (binds > 6) return parse_operand(parser);
    int left = parse_binary(parser, binds + 1);
    for (const struct sign *sign; left != FAILED && (sign = next_sign(parser, binds));) {
        parser->rest = str_after(parser->rest, strlen(sign->text));
        left = add(parser, sign->operator, left, parse_binary(parser, binds + 1), 0);
    }
    return left;
}

static int parse_choice(struct parser *parser)
{
    if (++parser->depth > PLURAL_DEPTH) return FAILED;
    int at = parse_binary(parser, 1);
    if (at != FAILED && take(parser, STR("?"))) {
        int yes = parse_choice(parser);
        int no = take(parser, STR(":")) ? parse_choice(parser) : FAILED;
        at = add(parser, CHOICE, at, yes, no);
    }
    parser->depth--;
    return at;
}

static uint64_t compute(enum operator operator, uint64_t a, uint64_t b)
{
    switch (operator) {
    case EQUAL: return a == b;
    case UNEQUAL: return a != b;
    case AT_LEAST: return a >= b;
    case AT_MOST: return a <= b;
    case MORE: return a > b;
    case LESS: return a < b;
    case PLUS: return a + b;
    case MINUS: return a - b;
    case TIMES: return a * b;
    case DIVIDE: return b ? a / b : 0;
    default: return b ? a % b : 0;
    }
}

/* A node's operands stand before it, so the recursion ends. */
static uint64_t value_of(const struct plural *plural, unsigned char at, uint64_t n)
{
    const struct plural_node *node = &plural->node[at];
    switch (node->operator) {
    case NUMBER: return node->number;
    case COUNT: return n;
    case NOT: return !value_of(plural, node->a, n);
    case CHOICE: return value_of(plural, value_of(plural, node->a, n) ? node->b : node->c, n);
    case OR: return value_of(plural, node->a, n) || value_of(plural, node->b, n);
    case AND: return value_of(plural, node->a, n) && value_of(plural, node->b, n);
    default: return compute(node->operator, value_of(plural, node->a, n), value_of(plural, node->b, n));
    }
}

static bool names_its_forms(const struct plural *plural)
{
    for (uint64_t n = 0; n <= 200; n++)
        if (value_of(plural, plural->root, n) >= plural->forms) return false;
    return value_of(plural, plural->root, 1000) < plural->forms && value_of(plural, plural->root, 1000000) < plural->forms;
}

bool plural_parse(Str value, struct plural *out)
{
    *out = (struct plural){0};
    struct parser parser = {.rest = value, .out = out};
    if (!take(&parser, STR("nplurals=")) || !parser.rest.n) return false;
    char digit = parser.rest.p[0];
    parser.rest = str_after(parser.rest, 1);
    if (digit < '1' || digit > '0' + PLURAL_FORMS) return false;
    out->forms = (unsigned)(digit - '0');
    if (!take(&parser, STR(";")) || !take(&parser, STR("plural="))) return false;
    int root = parse_choice(&parser);
    if (root == FAILED) return false;
    take(&parser, STR(";"));
    skip_blanks(&parser);
    out->root = (unsigned char)root;
    return !parser.rest.n && names_its_forms(out);
}

unsigned plural_form(const struct plural *plural, uint64_t n)
{
    uint64_t form = value_of(plural, plural->root, n);
    return form < plural->forms ? (unsigned)form : 0;
}
