/* One page of a list of members while it is read: what is wanted, where it begins, what was found (member_list.c decides, and
   member_walk.c goes and gets it). */
#ifndef LATCHKEY_MEMBER_READING_H
#define LATCHKEY_MEMBER_READING_H

#include "account/member.h"
#include "model/search.h"

enum { MEMBER_FILTERS = 3 };

struct member_place {             /* in the order of a list: the name or the age, and the account where these are the same */
    Str name;
    int64_t joined, account;
};

struct member_reading {
    struct portal *portal;
    struct arena *arena;
    const struct desk *desk;
    enum member_sort sort;
    Str beginnings[SEARCH_WORDS_MAX];  /* "w:ann", the longest first */
    size_t beginning_count;
    Str exact[MEMBER_FILTERS];    /* "r:3", "s:blocked", "c:1" */
    size_t exact_count;
    Str ways[SEARCH_WORDS_MAX + MEMBER_FILTERS];  /* terms that all who fit have: words, or beginnings "b:ann"; exact ones */
    size_t way_count;
    bool partly;                  /* a way leads also to others than those whose word begins as wanted */
    bool active;                  /* state `active`, which is no term */
    int64_t generation;           /* of the rules: rows of another one are looked at anew */
    struct member_place from;     /* the page begins behind it */
    int64_t skip;                 /* and behind so many more that fit */
    struct listed_member *members;   /* room for MEMBER_PAGE */
    size_t count;
    bool more;
    struct member_place last;     /* behind it the next page begins */
};

/* The first word that begins so in the organization's names, "w:annabel"; empty: none. *alone: the only one. */
MUST_USE Error member_word(const struct member_reading *, Str beginning, Str *out, bool *alone);
bool member_by_age(enum member_sort);
bool member_downwards(enum member_sort);
/* Goes through the list in its order and keeps what fits. *settled is false when it gave up after `most` rows that did not: what was
   kept is kept, and there is more. */
MUST_USE Error member_walk(struct member_reading *, int64_t most, bool *settled);
/* Takes all that have one of the wanted terms, where one has at most `most`, and keeps what fits in the list's order. *settled is
   false, and nothing kept, where every term has more. */
MUST_USE Error member_gather(struct member_reading *, size_t most, bool *settled);

#endif
