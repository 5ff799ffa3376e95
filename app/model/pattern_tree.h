/* A parsed pattern, between model/pattern_parse.c and model/pattern.c. */
#ifndef LATCHKEY_PATTERN_TREE_H
#define LATCHKEY_PATTERN_TREE_H

#include "model/pattern.h"

struct range {
    uint32_t first, last;
    struct range *next;
};

enum node_kind { NODE_EMPTY, NODE_SET, NODE_SEQUENCE, NODE_EITHER, NODE_REPEAT };

enum { NO_MAXIMUM = -1 };

struct node {
    enum node_kind kind;
    bool negated;                 /* NODE_SET */
    struct range *ranges;         /* NODE_SET */
    struct node *left, *right;    /* NODE_SEQUENCE, NODE_EITHER; NODE_REPEAT: left */
    int min, max;                 /* NODE_REPEAT */
};

MUST_USE bool pattern_parse(struct arena *, Str text, struct node **out, const char **problem);

#endif
