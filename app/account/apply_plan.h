/* A checked apply file: shapes, names, values and references are right; only the store can still object. */
#ifndef LATCHKEY_APPLY_PLAN_H
#define LATCHKEY_APPLY_PLAN_H

#include "account/apply.h"
#include "model/change.h"

/* Not said in the file: STR_NONE, NULL or -1. `place` is where it stands: "users[3]". */
struct plan_definition {
    Str place, name;
    const json_t *definition;
};

struct plan_connection {
    Str place, name, strategy, display_name;
    const json_t *options, *rules;
};

struct plan_role {
    Str place, name;
    const json_t *permissions;
};

struct plan_organization {
    Str place, name, display_name, support_email;
    const json_t *branding, *metadata, *rules;
    const json_t *connections;    /* as organization_connection_entry writes them, by name */
    const json_t *deletion_grace; /* seconds; null: the option's */
};

struct plan_purpose {
    Str place, name, version;
    int required;
    const json_t *title, *text;   /* by language */
};

struct plan_value {
    const struct field *field;
    json_t *value;                /* cleaned; NULL: not set */
};

struct plan_membership {
    Str place, organization;
    const json_t *roles;          /* names */
    int invited, home;
};

struct plan_user {
    Str place, connection, user_id;
    struct plan_value *values;
    size_t value_count;
    json_t *loose[2];             /* keys of user_metadata and app_metadata that are no fields; null: away with it */
    int blocked;
    Str password;                 /* as text */
    Str password_hash;            /* checked, as it is kept */
    bool replaceable;             /* custom_password_hash: may replace an imported hash that was never used */
    const struct plan_membership *memberships;
    size_t membership_count;
    Str made_hash;                /* of `password`: filled by apply_run before its transaction */
    Str proven_hash;              /* the stored hash that `password` was found to match */
};

struct plan {
    struct fields fields;         /* all, with those of the file */
    struct plan_definition *definitions;
    size_t definition_count;
    struct plan_connection *connections;
    size_t connection_count;
    struct plan_role *roles;
    size_t role_count;
    struct plan_organization *organizations;
    size_t organization_count;
    struct plan_purpose *purposes;
    size_t purpose_count;
    struct plan_user *users;
    size_t user_count;
};

/* Names of the two free objects of a profile, as plan_user.loose counts them. */
extern const char *const plan_loose[2];

enum { PLAN_DISPLAY_NAME_MAX = 255 };

/* Parts of apply_check. */
struct planner {
    struct arena *arena;
    struct problems *problems;
    const struct apply_known *known;
    struct plan *plan;
    json_t *connections, *roles, *organizations;   /* names in the store and in the file */
    json_t *identifiers;          /* of the file's users: who has which */
};

void plan_fields(struct planner *, const json_t *list);
void plan_connections(struct planner *, const json_t *list);
void plan_roles(struct planner *, const json_t *list);
void plan_organizations(struct planner *, const json_t *list);
void plan_purposes(struct planner *, const json_t *list);
void plan_users(struct planner *, const json_t *list);
void plan_members(struct planner *, struct plan_user *, const json_t *list, Str place);
/* What an object says of one person (all but connection and organizations) into *user, whose place and connection are set. */
void plan_person(struct planner *, const json_t *object, struct plan_user *user);
/* NULL: it is not said. */
const struct plan_value *plan_value_named(const struct plan_user *, const char *name);
/* What the plan says otherwise than the account (id 0: there is none yet), as the operator's change. `replaces`: metadata that is
   said takes the place of all that was there (import); else its keys are laid over it. */
struct user;
void plan_change(struct arena *, const struct plan_user *, const struct user *, bool replaces, struct change *out);
/* An imported hash never takes the place of a password that somebody has used (domain.md §1.1). */
bool plan_takes_hash(const struct plan_user *, const struct user *);

/* Cleans one value; false after having said what is wrong with it. */
MUST_USE bool plan_clean(struct planner *, const struct field *, const json_t *raw, Str place, json_t **out);
/* A message of field_clean as a sentence. */
Str plan_sentence(struct arena *, FieldProblem);
/* Is `name` a key of one of the planner's name tables? Says "no such …; did you mean …?" when not. */
bool plan_known(struct planner *, const json_t *names, Str name, Str place, const char *what);
/* An entry's name: needed, of small letters, digits and `also`, and there once. STR_NONE: a problem was said. */
struct shape;
Str plan_name(struct planner *, const struct shape *entry, size_t most, const char *also, json_t *claimed);
/* The rule set of a connection or an organization (key "fields"); NULL when it has none that can be used. */
const json_t *plan_rules(struct planner *, const struct shape *entry);
/* An entry's branding, its colours as #0a5c36; NULL when it has none. */
const json_t *plan_branding(struct planner *, const struct shape *entry);
/* The name of a language, like en or pt-BR. */
bool plan_is_language(Str tag);
/* A list of texts without doubles, sorted: two files that say the same give the same list. */
json_t *plan_names(struct planner *, const json_t *list, Str place, size_t most);
/* Keeps a name of the file; says so when it stood there before. */
bool plan_claim(struct planner *, json_t *claimed, Str name, Str place);

#endif
