/* Carrying out a checked apply file, part by part, inside apply_run's transaction. */
#ifndef LATCHKEY_APPLYING_H
#define LATCHKEY_APPLYING_H

#include "account/apply_diff.h"
#include "account/apply_plan.h"

struct applying {
    struct portal *portal;
    const struct visit *visit;
    struct arena *arena;          /* lasts as long as the apply */
    struct plan *plan;
    struct problems *problems;
    struct diff diff;
    bool dry_run;
    json_t *touched;              /* accounts that a user of the file was found to be: id: place */
};

/* What exists in the store, for apply_check. */
MUST_USE Error apply_known_load(struct db *, struct apply_known *out);

/* Fields, connections, roles, organizations and purposes; *changed when any differs (the generation is one more then). */
MUST_USE Error apply_directory(struct applying *, bool *changed);
MUST_USE Error apply_organizations(struct applying *);
/* With a generation of their own: sessions are asked again when it is another one. */
MUST_USE Error apply_purposes(struct applying *);
/* Unique values of fields whose definition changed, in every account. After the directory was read again. */
MUST_USE Error apply_unique(struct applying *, const struct apply_known *before);

/* Passwords given as text are checked and hashed before the transaction, so that nobody waits for it. */
MUST_USE Error apply_passwords(struct applying *);
MUST_USE Error apply_users(struct applying *);
MUST_USE Error apply_members(struct applying *, const struct plan_user *, const struct user *, Str place);
/* The account that a user of the file is: by user_id when it is said, else e-mail, else username, else phone.
   ERR_NOT_FOUND: none yet. */
MUST_USE Error apply_match(struct applying *, const struct plan_user *, const struct connection *, struct user *out);

/* JSON to and from a column. */
Str json_column(const json_t *);
json_t *column_json(const struct rows *, int column);
/* Names as keys of an object: does a list without doubles hold the same ones? As a list; NULL when there is none. */
bool names_are(const json_t *list, const json_t *names);
json_t *names_list(const json_t *names);

#endif
