/* One membership as the lists of its organization should have it: only what the desk there may see. A word of a field that it may not
   see is no term, so that searching tells nothing of it. */
#ifndef LATCHKEY_MEMBER_SHOWN_H
#define LATCHKEY_MEMBER_SHOWN_H

#include "account/portal.h"

struct member_shown {
    Str name, email;              /* may be empty: there is none, or not for the desk */
    Str roles;                    /* names, comma-separated */
    Str picture;                  /* the name of their own one (account/picture.h); may be empty likewise */
    Str state;                    /* active, suspended, blocked, deletion */
    Str sort_name;                /* folded name, else address, else user_id */
    Str terms;                    /* one a line, as in member_term */
};

/* The account with its memberships, of now; the directory too is read anew where it changed: rules of yesterday must not be kept as
   those of today. Without memberships the rest stays unread. */
MUST_USE Error member_account(struct portal *, struct arena *, int64_t account, struct user *, struct subject *);

struct member_glance {            /* of a desk at one of its members */
    struct portal *portal;
    struct arena *arena;
    const struct user *user;
    const struct subject *subject;
    const struct membership *membership;   /* one of the user's */
};
MUST_USE Error member_show(const struct member_glance *, struct member_shown *out);
/* Both in one. ERR_NOT_FOUND: no such member (any more). */
MUST_USE Error member_look(struct portal *, struct arena *, int64_t organization, int64_t account, struct member_shown *out);

/* Whether the same is to be seen of both profiles: then only another state or role would make member_show differ. */
bool member_looks_same(const struct member_glance *, const struct member_glance *);

/* Whether lists say anything of the field: a change of another one changes no row of theirs. */
bool member_shows(Str field);
/* "w:WORD"; "a:WORD" where signs part it, as in an address: most of these are of one person alone, and what begins without a sign is found
   by the word's first piece, which is a word as well. */
Str member_term_of(struct arena *, Str word);
/* Whether the terms have this one, or one that begins so. */
bool member_terms_have(Str terms, Str term, bool beginning);

#endif
