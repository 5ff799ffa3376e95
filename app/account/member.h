/* Memberships as such: joining, leaving, the list. The index of the lists and the count of members follow in the same transaction. */
#ifndef LATCHKEY_MEMBER_H
#define LATCHKEY_MEMBER_H

#include "account/desk.h"

struct member_wish {
    int64_t organization, account;
    bool home, invited, suspended;
};
/* Makes or changes a membership; everything that writes one goes through here. Inside a transaction. ERR_CONFLICT: another organization
   is the home already. */
MUST_USE Error member_put(struct portal *, const struct visit *, const struct member_wish *);
/* Whether a membership that is made there now is to be the home: the account has none, and this organization was its last one. */
MUST_USE Error member_returns_home(struct portal *, int64_t organization, int64_t account, bool *out);
/* Ends it, with its roles. Inside a transaction. ERR_NOT_FOUND: there is none. */
MUST_USE Error member_drop(struct portal *, const struct visit *, int64_t organization, int64_t account);

/* Organizations that assign membership on the account's connection: whoever signs in to it is a member of them from then on; but whom an
   invitation made joins nothing so before it is accepted, and never when it was not. */
struct assigning {
    int64_t organization;
    Str name;
    bool member;                  /* suspended or not */
};
struct assignments {
    const struct assigning *list;
    size_t count;
};
MUST_USE Error member_assignments(struct portal *, struct arena *, int64_t account, struct assignments *out);
/* Whether who leaves the organization becomes a member again by signing in. */
bool member_returns(const struct assignments *, int64_t organization);
/* The account joins those that do not have it: as its home where it had it last, else as nobody's, invited where an invitation made it,
   without roles, with an audit row each. Nothing is joined while the account's address is not confirmed. Inside the transaction that
   starts a session; whether there is anything to do, STMT_account_login says. */
MUST_USE Error member_join_assigned(struct portal *, const struct visit *, const struct user *);

/* Whether the organization keeps an administrator who can act, or has none anyhow, when the account goes. */
MUST_USE Error member_may_go(struct portal *, int64_t organization, int64_t account, bool *out);
/* A person leaves: one transaction with its audit row. DESK_LAST_ADMINISTRATOR, DESK_DONE; DESK_IMPOSSIBLE: suspended where the next
   sign-in would make them a member who is not; ERR_NOT_FOUND: no member. */
MUST_USE Error member_leave(struct portal *, const struct visit *, const struct user *, Str organization, DeskAct *out);

enum member_sort { SORT_NAME, SORT_NAME_DOWN, SORT_JOINED, SORT_JOINED_DOWN };   /* name, -name, joined, -joined */
enum { MEMBER_PAGE = 25 };

struct member_query {
    Str q;                        /* beginnings of words of name, username or address; all must fit */
    Str role, state, connection;  /* empty: any. state: active, suspended, blocked, deletion */
    enum member_sort sort;
    int64_t page;                 /* 1 …; read by counting off unless `after` stands for the end of the page before */
    Str after;                    /* opaque, from member_list.next; checked like any input */
};
struct listed_member {
    Str user_id, name, email, roles, state;   /* as the desk may see them; name and email may be empty */
    Str picture;                  /* name of one of our own (account/picture.h), likewise; empty: none */
    int64_t joined_at;
};
struct member_list {
    struct listed_member *members;
    size_t count;
    int64_t total;                /* members of the organization, whatever the query */
    bool more;
    Str next;                     /* for the link to the next page */
};
/* Reads only this organization's; costs the same whatever its size and the store's. A whole list, and that of one role, state, connection
   or word, is read as it stands in an index, in each order; where several must be met, about 12 000 rows of it are read at most. Rows that
   were made under older rules are looked at anew before they are shown. A search that fits almost nobody though each of its words fits
   thousands may end before its page is full: then there is `more`, even behind an empty page; so may one by its number, hundreds of pages
   down. A connection that does not exist is one that nobody has.
   ERR_INVALID: `after`, role or state is none. */
MUST_USE Error member_list_read(struct portal *, struct arena *, const struct desk *, const struct member_query *, struct member_list *out);

#endif
