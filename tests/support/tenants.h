/* Two organizations that know nothing of each other, each with people in every role and one of every thing that has an id, and a
   person who belongs to both: for tests of what keeps them apart. Everything of "quill" has that word in it, and everything of
   "zimt"; only ids made by chance have not. Everything here fails the running test when it cannot be had. */
#ifndef LATCHKEY_TEST_TENANTS_H
#define LATCHKEY_TEST_TENANTS_H

#include "support/page_support.h"
#include "support/store_support.h"

enum role_of_test {
    STRANGER,                     /* signed in nowhere */
    LONER,                        /* signed in, in no organization */
    MEMBER, AUDITOR, HELPER, ADMINISTRATOR,
    GREETER,                      /* a role that the operator made: read:members, create:invitations */
    GONE,                         /* an administrator whose membership is suspended */
    OTHER,                        /* the other organization's administrator */
    BOTH,                         /* Robin: zimt is the home, an auditor there, at quill's help desk */
    ROLES_OF_TEST
};

enum tenant_id { ID_MEMBER, ID_ADMINISTRATOR, ID_INVITATION, ID_REQUEST, ID_SESSION, ID_ROLE, ID_ORGANIZATION, ID_EXPORT, ID_PICTURE,
                 ID_MARK, TENANT_IDS };

struct tenant {
    const char *name;
    int64_t organization;
    char id[TENANT_IDS][64];      /* as they stand in a path */
};

struct tenants {
    struct stage stage;
    struct store_place place;     /* of the files */
    struct tenant quill, zimt;
};

void tenants_open(struct tenants *);
void tenants_close(struct tenants *);
/* "quill-admin@quill.example": who plays that role before the organization's pages. NULL: nobody is signed in. */
const char *tenant_person(const struct tenant *, enum role_of_test);
void tenant_sign_in(struct tenants *, const struct tenant *, enum role_of_test);
const struct tenant *tenant_other(const struct tenants *, const struct tenant *);
/* An id of the same shape that is nobody's. */
Str absent_id(struct arena *, const char *id);
/* The organization's own id of the kind that a route's path wants. */
const char *tenant_own_id(const struct tenant *, const char *path);
/* A route's path with an organization in it, and with that id in every other place. */
Str tenant_path(struct arena *, const char *path, const char *organization, const char *id);

/* The last answer, without what differs from run to run and without the id that was asked for; the bytes of a file that came with it
   stand behind it. */
Str stage_answer_without(struct stage *, struct arena *kept, Str id);
/* Whether a text names anything of that organization: its word, or an id that was made by chance. */
bool tenant_is_named(const struct tenant *, Str text);
/* Rows of the audit that hold one organization's people among the other's. */
int64_t tenants_audited_across(struct tenants *);

/* What the connection's statements did since it was last asked: how many ran, and how far each had to go. Where clocks would say
   something else each time, this says the same. */
struct work {
    int64_t runs, steps;
};
struct work store_work(struct db *);
/* What a request got, and what it cost. */
struct seen {
    int status;
    Str text;
    struct work work;
};
/* One number for every row of every table but those that any request may write (session, throttle, audit). */
uint64_t store_digest(struct db *);
/* The same of one organization's rows and of those of its members' accounts, with its audit. */
uint64_t tenant_digest(struct db *, const struct tenant *);

#endif
