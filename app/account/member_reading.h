/* One page of a list of members while it is read: what is wanted, where it begins, what was found (member_list.c decides, member_walk.c
   goes and gets it, member_way.c knows who has a term). */
#ifndef LATCHKEY_MEMBER_READING_H
#define LATCHKEY_MEMBER_READING_H

#include "account/member.h"
#include "model/search.h"

/* What a page may cost, whatever its organization's size: about so many rows of the index are read, and a tenth of it in members that
   do not fit after all. Where finding the ways used that up, half of it comes on top, so that the page gets somewhere. */
enum { MEMBER_FILTERS = 3, MEMBER_WAYS = SEARCH_WORDS_MAX + MEMBER_FILTERS, MEMBER_EFFORT = 12000 };

struct member_place {             /* in the order of a list: the name or the age (the other one is empty), then the account */
    Str name;
    int64_t joined, account;
};

struct member_stream {            /* places in the list's order, read piece by piece as they are needed */
    Str term;
    struct member_place *places;
    size_t count, at, size;
    bool last;                    /* there are no more behind these */
};
struct member_way {               /* all members who have one of some terms: one stream for each */
    struct member_stream *streams;
    size_t count;
};

struct member_reading {
    struct portal *portal;
    struct arena *arena;
    const struct desk *desk;
    enum member_sort sort;
    Str beginnings[SEARCH_WORDS_MAX];  /* "w:ann" */
    size_t beginning_count;
    Str exact[MEMBER_FILTERS];    /* "r:3", "s:blocked", "c:1" */
    size_t exact_count;
    struct member_way ways[MEMBER_WAYS];   /* who fits is on all of them */
    size_t way_count;
    bool partly;                  /* on all of them are also some who do not fit */
    int64_t effort;               /* how much may still be done */
    int64_t generation;           /* of the rules: rows of another one are looked at anew */
    struct member_place from;     /* the page begins behind it */
    int64_t skip;                 /* and behind so many more that fit */
    struct listed_member *members;   /* room for MEMBER_PAGE */
    size_t count;
    bool more;
    struct member_place last;     /* behind it the next page begins */
};

bool member_by_age(enum member_sort);
bool member_downwards(enum member_sort);
/* Below 0: `a` comes first in this list. */
int member_order(const struct member_reading *, const struct member_place *a, const struct member_place *b);
struct member_place member_place_of(const struct member_reading *, Str name, int64_t joined, int64_t account);
Value member_place_value(const struct member_reading *, const struct member_place *);

/* One more way: everybody with that term. */
void member_way_exact(struct member_reading *, Str term);
/* One more way: everybody with a word that begins so. *can_be becomes false where nobody has one. */
MUST_USE Error member_way_beginning(struct member_reading *, Str beginning, bool *can_be);
/* The first one on the way behind that place. */
MUST_USE Error member_way_next(struct member_reading *, struct member_way *, const struct member_place *behind, struct member_place *out,
                               bool *found);
/* However much it took to find the ways, each of them can still be looked at once. */
void member_way_afford_round(struct member_reading *);
/* The one so many further; only of a way of one term. */
MUST_USE Error member_way_count_off(struct member_reading *, int64_t many, struct member_place *out, bool *found);

/* The page of a whole list, or of one term, read as it stands in the index. */
MUST_USE Error member_walk(struct member_reading *);
/* The page of all who are on every way, and fit. Ends with `more` where it becomes too much, but never before `last` is behind `from`. */
MUST_USE Error member_meet(struct member_reading *);

#endif
