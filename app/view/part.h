/* A page as it is filled: parts in the request's arena, read by the engine while it renders. The engine's own dictionaries
   would take memory of their own for every value, and lose it when the arena's limit ends a request. */
#ifndef LATCHKEY_PART_H
#define LATCHKEY_PART_H

#include "base/arena.h"

#ifdef __cplusplus
extern "C" {
#endif

struct page;

struct value {
    Str key, value;
    uint64_t hash;                /* of the key */
    const struct value *next;
};

/* What a template calls by one name: the repeats of a section, or included templates. */
struct branch {
    Str key;
    uint64_t hash;
    bool include;
    struct part *first, *last;
    struct branch *next;
};

struct part {
    struct page *page;            /* NULL: an empty page on trial */
    const struct part *around;    /* whose values and sections are seen here too; NULL at an included template */
    const struct value *values;   /* the newest first */
    struct branch *branches;
    const char *template_name;    /* of an included template */
    struct part *next;            /* the next repeat */
    uint64_t set;                 /* which keys values and branches may have (bit_of): most of what a template asks for is not there */
    uint64_t seen;                /* the same with those around it; known once the page is rendered */
};

/* What a name means at a part: its own, those around it, then the whole page's. An empty text: nothing was set. */
Str part_value(const struct part *, Str key);
/* The first repeat of a section or of an include; NULL: hidden. */
const struct part *part_branch(const struct part *, Str key, bool include);

#ifdef __cplusplus
}
#endif
#endif
