#include "model/pattern_tree.h"

#include <string.h>
#include "base/utf8.h"

/* Every visited node counts, too: ((((){100}){100}){100}) makes no state and would still be copied a million times. */
enum { MAX_VISITS = 4 * PATTERN_MAX_STATES };

enum state_kind { STATE_SET, STATE_SPLIT, STATE_MATCH };

struct state {
    enum state_kind kind;
    const struct node *set;
    size_t next, other;           /* STATE_SPLIT goes both ways, the others to `next` */
};

/* Built twice: without `states`, to count them, then into an array of just that size. */
struct pattern {
    struct state *states;
    size_t count, visits;
    bool too_large;
};

static size_t add_state(struct pattern *pattern, enum state_kind kind, const struct node *set, size_t next, size_t other)
{
    if (pattern->count >= PATTERN_MAX_STATES) {
        pattern->too_large = true;
        return 0;
    }
    if (pattern->states)
        pattern->states[pattern->count] = (struct state){.kind = kind, .set = set, .next = next, .other = other};
    return pattern->count++;
}

static size_t build(struct pattern *, const struct node *, size_t next);

static size_t build_repeat(struct pattern *pattern, const struct node *node, size_t next)
{
    size_t start = next;
    if (node->max == NO_MAXIMUM) {
        size_t loop = add_state(pattern, STATE_SPLIT, NULL, 0, next);
        size_t body = build(pattern, node->left, loop);
        if (pattern->states)
            pattern->states[loop].next = body;
        start = loop;
    }
    for (int i = node->min; i < node->max && !pattern->too_large; i++)
        start = add_state(pattern, STATE_SPLIT, NULL, build(pattern, node->left, start), next);
    for (int i = 0; i < node->min && !pattern->too_large; i++)
        start = build(pattern, node->left, start);
    return start;
}

/* Builds backwards: the states of `node` continue at `next`; returns where they begin. */
static size_t build(struct pattern *pattern, const struct node *node, size_t next)
{
    if (++pattern->visits > MAX_VISITS)
        pattern->too_large = true;
    if (pattern->too_large)
        return 0;
    switch (node->kind) {
    case NODE_SET:
        return add_state(pattern, STATE_SET, node, next, 0);
    case NODE_SEQUENCE:
        return build(pattern, node->left, build(pattern, node->right, next));
    case NODE_EITHER: {
        size_t left = build(pattern, node->left, next);
        return add_state(pattern, STATE_SPLIT, NULL, left, build(pattern, node->right, next));
    }
    case NODE_REPEAT:
        return build_repeat(pattern, node, next);
    case NODE_EMPTY:
        break;
    }
    return next;
}

/* The states reached at one place of the text, each once, as a work list. */
struct reached {
    size_t *list;
    bool *has;
    size_t count;
};

static struct reached *reached_new(struct arena *arena, size_t states)
{
    struct reached *reached = ARENA_NEW(arena, struct reached);
    reached->list = ARENA_ARRAY(arena, size_t, states);
    reached->has = ARENA_ARRAY(arena, bool, states);
    return reached;
}

static void reach(struct reached *reached, size_t state)
{
    if (reached->has[state])
        return;
    reached->has[state] = true;
    reached->list[reached->count++] = state;
}

static void follow_splits(const struct pattern *pattern, struct reached *reached)
{
    for (size_t i = 0; i < reached->count; i++) {
        const struct state *state = &pattern->states[reached->list[i]];
        if (state->kind != STATE_SPLIT)
            continue;
        reach(reached, state->next);
        reach(reached, state->other);
    }
}

static bool set_has(const struct node *set, uint32_t character)
{
    for (const struct range *range = set->ranges; range; range = range->next)
        if (character >= range->first && character <= range->last)
            return !set->negated;
    return set->negated;
}

static void step(const struct pattern *pattern, const struct reached *from, uint32_t character, struct reached *to)
{
    memset(to->has, 0, pattern->count * sizeof *to->has);
    to->count = 0;
    for (size_t i = 0; i < from->count; i++) {
        const struct state *state = &pattern->states[from->list[i]];
        if (state->kind == STATE_SET && set_has(state->set, character))
            reach(to, state->next);
    }
    follow_splits(pattern, to);
}

/* State 0 is the match, the last one the start. */
enum { MATCH = 0 };

static bool build_all(struct pattern *pattern, const struct node *tree)
{
    pattern->count = pattern->visits = 0;
    size_t first = build(pattern, tree, add_state(pattern, STATE_MATCH, NULL, 0, 0));
    add_state(pattern, STATE_SPLIT, NULL, first, first);
    return !pattern->too_large;
}

bool pattern_compile(struct arena *arena, Str text, const struct pattern **out, const char **problem)
{
    struct node *tree;
    if (!pattern_parse(arena, text, &tree, problem))
        return false;
    struct pattern *pattern = ARENA_NEW(arena, struct pattern);
    *problem = "the repeats make the pattern too large";
    if (!build_all(pattern, tree))
        return false;
    pattern->states = ARENA_ARRAY(arena, struct state, pattern->count);
    *out = pattern;
    return build_all(pattern, tree);
}

bool pattern_matches(struct arena *arena, const struct pattern *pattern, Str text)
{
    struct reached *now = reached_new(arena, pattern->count), *then = reached_new(arena, pattern->count);
    reach(now, pattern->count - 1);
    follow_splits(pattern, now);
    size_t at = 0;
    uint32_t character;
    while (now->count && utf8_next(text, &at, &character)) {
        step(pattern, now, character, then);
        struct reached *swap = now;
        now = then;
        then = swap;
    }
    return at == text.n && now->has[MATCH];
}
