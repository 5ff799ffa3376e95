/* An account as the store keeps it. */
#ifndef LATCHKEY_USER_H
#define LATCHKEY_USER_H

#include <jansson.h>
#include "base/arena.h"
#include "model/permission.h"
#include "model/policy.h"

struct membership;

struct user {
    int64_t id;                   /* inside the store; 0: none */
    Str user_id;                  /* outside: "local|…", never reused */
    int64_t connection;
    json_t *profile;              /* the fields a change may write, shaped as in the Management API */
    const json_t *sources;        /* { field: connection id } for fields that another identity owns; may be NULL */
    int64_t version;              /* one more with every change of the profile */
    int64_t epoch;                /* security epoch: sessions and artefacts of an older one are dead */
    bool blocked;
    int64_t blocked_by;           /* the organization whose desk did it; 0: the operator, or nobody */
    int64_t origin;               /* the organization that is the home, or was the last one; 0: none ever was */
    int64_t deletion_at;          /* 0: not scheduled */
    Str password_hash;            /* STR_NONE: no password here */
    int64_t created_at, updated_at, last_login_at, logins_count;
    int64_t password_changed_at;  /* 0: never since it got its first */
    bool has_memberships;         /* they were read along with the account */
    const struct membership *memberships;
    size_t membership_count;
};

struct membership {
    int64_t organization;
    struct member_of rules;       /* with the organization's names and rule set */
    const json_t *branding;
    Str roles;                    /* names, comma-separated; may be empty */
    int64_t joined_at;
};

struct connection {
    int64_t id;
    Str strategy;                 /* local, oidc, samlp, ad, … */
    struct rule_source source;    /* name, display_name, support address, rules */
    const json_t *options;
};

struct consent_purpose {                  /* terms, or something that people may agree to */
    Str name, version;
    bool required;                /* nobody goes on without it */
    const json_t *title, *text;   /* by language */
};

/* What the operator set up, read once and again when its generation changes. */
struct directory {
    int64_t generation;
    struct fields fields;
    const struct connection *connections;
    size_t connection_count;
    const struct role *roles;
    size_t role_count;
    const struct consent_purpose *purposes;   /* in the order of the apply file */
    size_t purpose_count;
    int64_t purposes_generation;
};
const struct connection *directory_connection(const struct directory *, int64_t id);        /* NULL: none */
const struct connection *directory_connection_named(const struct directory *, Str name);
/* A role that the organization may give: everybody's, or its own. NULL: none of that name. */
const struct role *directory_role(const struct directory *, int64_t organization, Str name);
const struct consent_purpose *directory_purpose(const struct directory *, Str name);        /* NULL: none */
/* What a list of role names, comma-separated, allows together. */
Permissions directory_permissions(const struct directory *, Str roles);

#endif
