/* Asking somebody to prove that a mailbox or a phone is theirs, and how often that may happen. The same for both: nothing is
   stored but the artefact with the exact value; what counted until now stays in force until the new one has proven itself. */
#ifndef LATCHKEY_PROVING_H
#define LATCHKEY_PROVING_H

#include "account/artefact.h"
#include "account/outbox.h"

enum step_outcome {
    STEP_REFUSED = 0,             /* a rule keeps the value: `verdict` */
    STEP_DONE,
    STEP_INVALID,                 /* the value cannot be kept: `problem` */
    STEP_WAIT,                    /* asked too often: `seconds` */
    STEP_NOTHING,                 /* there is nothing to prove */
    STEP_UNUSABLE,                /* proven, but it cannot become this account's: somebody else was first */
    STEP_WRONG_CODE,              /* `tries` are left */
};

typedef struct Step {
    enum step_outcome outcome;
    Verdict verdict;
    FieldProblem problem;
    int64_t seconds, tries;
    bool changed;                 /* STEP_DONE: another value counts now, not only a proven one */
} Step;

struct proof_kind {
    const char *field, *mark;     /* "email", "email_verified" */
    enum proof proof;
    enum purpose change, verify;  /* for another value; for the one that counts already */
    enum letter change_letter, verify_letter;
    const char *path;             /* where a link leads; NULL: a code is sent */
    const char *asked, *cancelled;    /* what the audit rows say */
    const char *same;             /* what to tell who asks for the value they have */
    const char *unreachable;      /* … and who asks for one to which nothing may be sent */
};

/* How it stands with the account's value, for the page. `user` as the session has it. */
struct proof_state {
    const struct field *field;
    Verdict verdict;              /* the owner's */
    Str value;                    /* empty: none */
    bool verified, pending;
    Str pending_value;            /* what waits for its proof */
    int64_t pending_since, pending_until;
    bool bouncing, pending_bouncing;  /* mail to that address came back */
    int64_t wait;                 /* seconds until it may be sent (again); 0: now */
};
MUST_USE Error proving_state(struct portal *, const struct visit *, const struct proof_kind *, const struct user *,
                             struct proof_state *out);

/* Only what waits for its proof, and what comes back: `value` must be there, `wait` is left alone. */
MUST_USE Error proving_pending(struct portal *, const struct visit *, const struct proof_kind *, const struct user *,
                               struct proof_state *out);

/* Asks for a proof of `typed`, in one transaction: policy, value, throttles, artefact, message. Whether the value belongs to
   another account is not looked at: only who holds the mailbox or the phone learns that. */
MUST_USE Error proving_ask(struct portal *, const struct visit *, const struct proof_kind *, int64_t account, Str typed,
                           Str language, Step *out);
/* Sends it again: what is pending, else the value that counts but was never proven. The older link or code is dead then. */
MUST_USE Error proving_resend(struct portal *, const struct visit *, const struct proof_kind *, int64_t account, Str language,
                              Step *out);
/* The same for a help desk, inside its transaction and in the person's language: only the value that counts, whatever its owner may do
   with it. The row is the desk's (visit->reason). STEP_NOTHING: there is none, or it is proven. */
MUST_USE Error proving_offer(struct portal *, const struct visit *, const struct proof_kind *, int64_t account, Step *out);
MUST_USE Error proving_cancel(struct portal *, const struct visit *, const struct proof_kind *, const struct user *);

/* Whether the artefact was made for what counts now: a value that was changed by somebody else meanwhile kills it. */
bool proving_fits(struct portal *, struct arena *, const struct proof_kind *, const struct user *, const struct artefact *);
/* Inside a transaction: what the artefact proves becomes the account's. Leaves *out a refusal without an audit row, because the
   caller rolls back: then proving_refused. */
MUST_USE Error proving_apply(struct portal *, const struct visit *, const struct proof_kind *, const struct user *,
                             const struct artefact *, Step *out);
/* Writes down that a rule kept the value. */
MUST_USE Error proving_refused(struct portal *, const struct visit *, const struct proof_kind *, int64_t account, Str value,
                               Step *out);
/* The organization whose look and name a message to that person wears; 0: the portal's. */
MUST_USE Error proving_home(struct portal *, struct arena *, const struct user *, int64_t *out);
Str proving_value(struct portal *, struct arena *, const char *field, const struct user *);   /* as stored; empty: none */
bool proving_is_verified(const struct proof_kind *, const struct user *);

#endif
