#include "model/pattern_tree.h"

#include "base/utf8.h"

/* Recursion is bounded by the length of the pattern. */
struct parser {
    struct arena *arena;
    uint32_t characters[PATTERN_MAX_BYTES];
    size_t count, at;
    const char *problem;          /* the first one; everything after it only unwinds */
};

static bool fail(struct parser *parser, const char *problem)
{
    if (!parser->problem)
        parser->problem = problem;
    parser->at = parser->count;
    return false;
}

static bool is_next(const struct parser *parser, char c)
{
    return parser->at < parser->count && parser->characters[parser->at] == (unsigned char)c;
}

static bool take(struct parser *parser, char c)
{
    if (!is_next(parser, c))
        return false;
    parser->at++;
    return true;
}

static struct node *node_new(struct parser *parser, enum node_kind kind, struct node *left, struct node *right)
{
    struct node *node = ARENA_NEW(parser->arena, struct node);
    node->kind = kind;
    node->left = left;
    node->right = right;
    return node;
}

static void add_range(struct parser *parser, struct node *set, uint32_t first, uint32_t last)
{
    struct range *range = ARENA_NEW(parser->arena, struct range);
    *range = (struct range){.first = first, .last = last, .next = set->ranges};
    set->ranges = range;
}

static void add_words(struct parser *parser, struct node *set)
{
    add_range(parser, set, 'a', 'z');
    add_range(parser, set, 'A', 'Z');
    add_range(parser, set, '0', '9');
    add_range(parser, set, '_', '_');
}

static bool is_punctuation(uint32_t c)
{
    return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z');
}

/* What stands behind a backslash. *single tells whether it is one character, which may begin or end a range. */
static bool parse_escape(struct parser *parser, struct node *set, bool *single, uint32_t *character)
{
    if (parser->at >= parser->count)
        return fail(parser, "a backslash at the end stands for nothing");
    uint32_t c = parser->characters[parser->at++];
    *single = false;
    if (c == 'd') {
        add_range(parser, set, '0', '9');
    } else if (c == 'w') {
        add_words(parser, set);
    } else if (c == 's') {
        add_range(parser, set, ' ', ' ');
        add_range(parser, set, '\t', '\n');
    } else if (is_punctuation(c)) {
        *single = true;
        *character = c;
    } else {
        return fail(parser, "of the escapes, only \\d, \\w, \\s and a backslash before punctuation are understood");
    }
    return true;
}

static bool parse_class_character(struct parser *parser, struct node *set, bool *single, uint32_t *character)
{
    if (parser->at >= parser->count)
        return fail(parser, "a [ is never closed");
    uint32_t c = parser->characters[parser->at++];
    if (c == '\\')
        return parse_escape(parser, set, single, character);
    *single = true;
    *character = c;
    return true;
}

static bool parse_class_item(struct parser *parser, struct node *set)
{
    bool single, single_end;
    uint32_t first = 0, last = 0;
    if (!parse_class_character(parser, set, &single, &first))
        return false;
    if (!single)
        return true;
    bool is_range = is_next(parser, '-') && parser->at + 1 < parser->count && parser->characters[parser->at + 1] != ']';
    if (!is_range) {
        add_range(parser, set, first, first);
        return true;
    }
    parser->at++;
    if (!parse_class_character(parser, set, &single_end, &last))
        return false;
    if (!single_end || last < first)
        return fail(parser, "a range in [ ] goes from a character to a later one");
    add_range(parser, set, first, last);
    return true;
}

static struct node *parse_class(struct parser *parser)
{
    struct node *set = node_new(parser, NODE_SET, NULL, NULL);
    set->negated = take(parser, '^');
    if (is_next(parser, ']'))
        fail(parser, "an empty [ ] matches nothing");
    while (!parser->problem && !take(parser, ']'))
        if (!parse_class_item(parser, set))
            break;
    return set;
}

static struct node *parse_either(struct parser *);

static struct node *parse_group(struct parser *parser)
{
    if (is_next(parser, '?'))
        fail(parser, "(?…) is not understood, only plain groups");
    struct node *node = parse_either(parser);
    if (!parser->problem && !take(parser, ')'))
        fail(parser, "a ( is never closed");
    return node;
}

static struct node *parse_single(struct parser *parser, uint32_t c)
{
    struct node *set = node_new(parser, NODE_SET, NULL, NULL);
    if (c == '.') {
        set->negated = true;
        c = '\n';
    } else if (c == '\\') {
        bool single;
        if (!parse_escape(parser, set, &single, &c) || !single)
            return set;
    }
    add_range(parser, set, c, c);
    return set;
}

static struct node *parse_atom(struct parser *parser)
{
    uint32_t c = parser->characters[parser->at++];
    switch (c) {
    case '(':
        return parse_group(parser);
    case '[':
        return parse_class(parser);
    case '*': case '+': case '?': case '{':
        fail(parser, "there is nothing to repeat before *, +, ? or {");
        break;
    case '}': case ']':
        fail(parser, "} and ] need a backslash where they stand for themselves");
        break;
    case '^': case '$':
        fail(parser, "^ may only begin and $ may only end the pattern; write \\^ or \\$ for the characters");
        break;
    default:
        return parse_single(parser, c);
    }
    return node_new(parser, NODE_EMPTY, NULL, NULL);
}

static bool parse_count(struct parser *parser, int *out)
{
    size_t start = parser->at;
    int count = 0;
    while (parser->at < parser->count && parser->characters[parser->at] >= '0' && parser->characters[parser->at] <= '9') {
        count = count * 10 + (int)(parser->characters[parser->at++] - '0');
        if (count > PATTERN_MAX_REPEAT)
            return fail(parser, "a repeat counts up to 100");
    }
    *out = count;
    return parser->at > start;
}

static void parse_bounds(struct parser *parser, struct node *repeat)
{
    if (!parse_count(parser, &repeat->min)) {
        fail(parser, "{ } holds counts, like {2} or {2,5}");
        return;
    }
    repeat->max = repeat->min;
    if (take(parser, ',') && !parse_count(parser, &repeat->max))
        repeat->max = NO_MAXIMUM;
    if (!parser->problem && !take(parser, '}'))
        fail(parser, "{ } holds counts, like {2} or {2,5}");
    if (repeat->max != NO_MAXIMUM && repeat->max < repeat->min)
        fail(parser, "the second count in { } is at least the first");
}

static struct node *parse_repeat(struct parser *parser)
{
    struct node *node = parse_atom(parser);
    if (!is_next(parser, '*') && !is_next(parser, '+') && !is_next(parser, '?') && !is_next(parser, '{'))
        return node;
    struct node *repeat = node_new(parser, NODE_REPEAT, node, NULL);
    uint32_t sign = parser->characters[parser->at++];
    repeat->min = sign == '+' ? 1 : 0;
    repeat->max = sign == '?' ? 1 : NO_MAXIMUM;
    if (sign == '{')
        parse_bounds(parser, repeat);
    if (is_next(parser, '*') || is_next(parser, '+') || is_next(parser, '?') || is_next(parser, '{'))
        fail(parser, "a repeat cannot be repeated; put it into a group");
    return repeat;
}

static struct node *parse_sequence(struct parser *parser)
{
    struct node *node = node_new(parser, NODE_EMPTY, NULL, NULL);
    while (parser->at < parser->count && !is_next(parser, '|') && !is_next(parser, ')'))
        node = node_new(parser, NODE_SEQUENCE, node, parse_repeat(parser));
    return node;
}

static struct node *parse_either(struct parser *parser)
{
    struct node *node = parse_sequence(parser);
    while (take(parser, '|'))
        node = node_new(parser, NODE_EITHER, node, parse_sequence(parser));
    return node;
}

/* Takes ^ and $ away: matching is anchored at both ends. An escaped \$ stays. */
static void drop_anchors(struct parser *parser)
{
    if (take(parser, '^') && parser->at == parser->count)
        return;
    size_t slashes = 0;
    if (parser->count <= parser->at || parser->characters[parser->count - 1] != '$')
        return;
    while (slashes + 1 < parser->count && parser->characters[parser->count - 2 - slashes] == '\\')
        slashes++;
    if (slashes % 2 == 0)
        parser->count--;
}

bool pattern_parse(struct arena *arena, Str text, struct node **out, const char **problem)
{
    struct parser *parser = ARENA_NEW(arena, struct parser);
    parser->arena = arena;
    *problem = "a pattern is text of 1 to 200 bytes";
    if (!text.n || text.n > PATTERN_MAX_BYTES || !utf8_is_valid(text))
        return false;
    size_t at = 0;
    while (utf8_next(text, &at, &parser->characters[parser->count]))
        parser->count++;
    drop_anchors(parser);
    *out = parse_either(parser);
    if (!parser->problem && parser->at < parser->count)
        fail(parser, "a ) has no (");
    *problem = parser->problem;
    return !parser->problem;
}
