/* The heart: what may this actor do to this field of this account, and which rule says so. Pure functions: no clock, no I/O.
   The same answer draws the form, refuses the write, fills the audit row and is printed by `latchkey explain`.

   Effective level = the lowest of: the field's own default; the rules of the connection that owns the field; the rules of
   every organization the person belongs to (an invited member's e-mail is `read` for the owner unless that organization has
   an entry for `email` that names the owner; a desk has `read` for the address of somebody who acts for members of another
   organization); the account's state (blocked: the owner has `none`; deletion scheduled: owner and
   desk have `read`); a guest desk has `read`. `once` becomes `read` when the field has a value. The rule named is the first
   one, in that order, that brought the level to where it is. */
#ifndef LATCHKEY_POLICY_H
#define LATCHKEY_POLICY_H

#include "model/change.h"
#include "model/field.h"
#include "model/problem.h"
#include "model/rules.h"

enum rule_kind {
    RULE_FIELD, RULE_CONNECTION, RULE_ORGANIZATION, RULE_INVITATION, RULE_ACCOUNT_BLOCKED, RULE_ACCOUNT_DELETION, RULE_ONCE,
    RULE_PROOF,                   /* not lowered, but the owner's change needs a proof; a desk has no proof to give and reads */
    RULE_GUEST_DESK, RULE_KINDS
};

/* Where rules come from: a connection or an organization. All texts outlive the verdicts. */
struct rule_source {
    Str name, display_name;
    Str support_email;            /* whom to ask; empty: unknown */
    struct rules rules;
};

struct owned_field {              /* a field that came from another identity than the account's own connection */
    Str field;
    const struct rule_source *connection;
};

struct member_of {
    struct rule_source organization;
    bool invited, home;
    bool suspended;
    bool acts;                    /* a role there permits something, suspended or not */
};

struct subject {
    const json_t *profile;        /* NULL: an account about to be made */
    const struct rule_source *connection;
    const struct owned_field *owned;
    size_t owned_count;
    const struct member_of *memberships;
    size_t membership_count;
    bool blocked, deletion;
};

typedef struct Verdict {
    enum level level;             /* 0 = none = refused */
    enum rule_kind rule;
    const struct rule_source *source;   /* connection or organization of the rule; for RULE_ONCE etc. NULL */
    const json_t *reason;         /* the rule's own words, by language; NULL: say it in ours */
    Str support_email;            /* whom to ask: of the rule's source, else of the home organization; may be empty. Of RULE_INVITATION:
                                     of the home, whose desk can change it */
    bool leaving;                 /* RULE_INVITATION: no desk can change it, and only leaving that organization lets it go */
} Verdict;

Verdict policy_level(const struct fields *, const struct field *, const struct subject *, enum actor, bool guest_desk);
/* "field", "connection acme", "organization acme", "invitation acme", "account blocked", "account deletion", "once", "proof";
   a guest desk's is "organization NAME" of the home, or "field" without one. */
Str verdict_rule(struct arena *, Verdict);

enum refusal_kind {
    REFUSED_UNKNOWN,              /* no such field, or not for these eyes: the same words (422) */
    REFUSED_LOCKED,               /* seen, but a rule keeps it (403) */
    REFUSED_INVALID,              /* the value cannot be kept (422) */
};

struct refusal {
    Str field;                    /* as it came in; capped at 100 bytes */
    const struct field *known;    /* NULL for REFUSED_UNKNOWN */
    enum refusal_kind kind;
    Verdict verdict;
    FieldProblem problem;         /* for REFUSED_INVALID */
    struct refusal *next;
};

struct refusals {
    struct refusal *first, *last;
    size_t count;
    bool locked;                  /* at least one REFUSED_LOCKED */
};

/* A change that was decided: only policy_decide makes one, and only what is in it reaches the store. */
struct decided;

struct decided_field {
    const struct field *field;
    Verdict verdict;              /* the rule that allowed it */
    json_t *before, *after;       /* NULL: not set */
};

/* OK: *out is the decided change (possibly with no field in it: nothing differs). ERR_DENIED: a rule locks at least one
   field. ERR_INVALID: only values or unknown names are wrong. On refusal nothing is decided and *refusals names all.
   A change that sets `email` without `email_verified` makes it unverified unless it was proven; likewise the phone. */
MUST_USE Error policy_decide(const struct fields *, const struct subject *, const struct change *, struct refusals *,
                             const struct decided **out);

/* Reading a decided change. `decided_profile` is the whole new profile. */
const json_t *decided_profile(const struct decided *);
const struct decided_field *decided_fields(const struct decided *, size_t *count);
enum actor decided_actor(const struct decided *);

#endif
