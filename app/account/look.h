/* Whose words and colours a page or a message carries: an organization's, and the portal's where the organization says nothing. */
#ifndef LATCHKEY_LOOK_H
#define LATCHKEY_LOOK_H

#include "account/portal.h"
#include "model/colour.h"

struct look {
    int64_t organization;         /* 0: the portal's own */
    Str name;                     /* the organization's, as in /o/NAME/; empty: none */
    Str display_name, support_email;
    struct palette palette;
    Str mark;                     /* name of its picture (account/picture.h); empty: none */
    Str sheet;                    /* where its style sheet is below /o/NAME/ while nothing of it is saved; empty: its own */
    const json_t *texts;          /* { "login": { "heading": { "en": … } } }; NULL: none */
};

struct look look_of_portal(const struct portal *);
/* `organization` 0, or one that is gone: the portal's. */
MUST_USE Error look_of(struct portal *, struct arena *, int64_t organization, struct look *out);
/* The organization's of a membership, which was read with the session: without asking the store. */
struct look look_of_membership(const struct portal *, const struct membership *);
/* ERR_NOT_FOUND: no organization has this name. */
MUST_USE Error look_named(struct portal *, struct arena *, Str name, struct look *out);

/* "/login", or "/o/acme/login" in the look of acme. */
Str look_path(struct arena *, const struct look *, const char *path);
/* What the organization says at a place ("login", "reset"): `kind` is "heading" or "help". In that language, else in the portal's
   default language, which *spoken then names. STR_NONE: nothing. */
Str look_text(const struct portal *, const struct look *, const char *place, const char *kind, Str language, Str *spoken);
/* The organization's style sheet, empty where it has no colours, and the name of just this version: 16 hex digits. */
Str look_css(struct arena *, const struct look *, Str *version);

/* Whether the account may come in by the organization's own door: it is a member, of a connection that the organization enables, or
   invited. ERR_NOT_FOUND: it is none of them. */
struct admission {
    bool member, suspended;       /* suspended: a member, but not for now */
};
MUST_USE Error look_admits(struct portal *, const struct visit *, int64_t organization, int64_t account, struct admission *);

#endif
