/* What was done in an organization: the filter of its page and of its table for spreadsheets, and the words of both. */
#ifndef LATCHKEY_PAGE_DESK_ACTIVITY_H
#define LATCHKEY_PAGE_DESK_ACTIVITY_H

#include "account/desk_activity.h"
#include "page/exchange.h"

enum { ACTIVITY_FITTING = 8 };

/* Somebody who was typed into the filter. */
struct activity_person {
    Str typed;
    struct desk_named fitting[ACTIVITY_FITTING];
    size_t count;                 /* of those who fit; 1: it is them */
    bool more;
    bool unclear;                 /* typed, and not one alone */
};
struct activity_filter {
    Str act, from, to;            /* as they came; empty: any */
    struct activity_person member, by;
    bool wrong_from, wrong_to;
    struct desk_query query;
};
/* ERR_NOT_FOUND: an act or a place in the list that does not exist. */
MUST_USE Error activity_filter_read(struct exchange *, struct activity_filter *out);
/* Whether there is anything to look for: dates that are some, people who are found. */
bool activity_filter_fits(const struct activity_filter *);
/* "?act=…&member=…" of what is set, people by their user_id. Empty: nothing is. */
Str activity_filter_link(const struct exchange *, const struct activity_filter *);

/* The kinds of acts, in the order of the list to choose from. */
struct act_words {
    const char *action, *other;   /* `other`: the same under its name in the apply file; NULL: none */
    const char *label;            /* "Block an account" */
    const char *done;             /* "The account of {NAME} was blocked." */
    const char *invited;          /* the same where the invitation's address is known; NULL: no other words */
};
extern const struct act_words act_words[];
extern const size_t act_count;

Str event_words(struct exchange *, const struct desk_event *);
Str event_who(struct exchange *, const struct desk_event *);
/* What a person is called: name, else user_id. */
Str event_name(const struct desk_named *);
/* What was given as the reason, or why it was refused. Empty: nothing. */
Str event_reason(struct exchange *, const struct desk_event *);
/* One detail after the other: fields that were changed or asked for, roles and permissions that came and went, what an invitation gives.
   False: there are no more. */
bool event_detail(struct exchange *, const struct desk_event *, size_t number, Str *out);

#endif
