/* What people agree to: terms without which nobody goes on, and purposes that anybody may refuse. The operator's file names them with a
   version of their text (account/apply.h); what somebody said to a version is a row of history that nothing changes any more, and the last
   row counts. A new version asks again. Source: interface.md "Consent". */
#ifndef LATCHKEY_CONSENT_H
#define LATCHKEY_CONSENT_H

#include "account/session.h"

enum consent_answer { CONSENT_NONE, CONSENT_GIVEN, CONSENT_REFUSED };   /* never answered; yes; no, or withdrawn */

struct consent_state {
    const struct consent_purpose *purpose;
    enum consent_answer answer;   /* the last one, whatever version it was about */
    Str version;                  /* which one */
    int64_t at;
    bool asked;                   /* about the version that counts now, if only to be left open */
};
/* One for each of the directory's purposes, in its order: `out` has room for them all. */
MUST_USE Error consent_states(struct portal *, struct arena *, int64_t account, struct consent_state *out);
/* Whether it is to be asked: required and not given for the version that counts now, or optional and new. */
bool consent_is_due(const struct consent_state *);
bool consent_holds_up(const struct consent_state *);          /* due and required */

struct consent_wish {
    const struct consent_purpose *purpose;
    bool give;                    /* else refused or withdrawn */
    bool leave_open;              /* it was asked and not answered: it is not asked again for this version */
};
/* One transaction: a row and an audit row (consent.give, consent.withdraw) for each answer that differs from the last one. */
MUST_USE Error consent_save(struct portal *, const struct visit *, const struct user *, const struct consent_wish *, size_t count);

/* Whether a required purpose holds the session up until it is answered. When none does, session->asks says whether the sign-in has just
   been and an optional one was never answered nor put off. The store is asked once a session and change of the purposes, after that two
   numbers are compared. */
MUST_USE Error consent_hold(struct portal *, const struct visit *, struct session *, bool *held);

/* What somebody said, the newest first, at most `room`. */
struct consent {
    Str purpose, version;
    const struct consent_purpose *known;  /* NULL: the operator's file names it no more */
    bool given;
    int64_t at;
};
MUST_USE Error consent_history(struct portal *, struct arena *, int64_t account, struct consent *out, size_t room, size_t *count);

/* The words of a version, by language. ERR_NOT_FOUND: there never was one. */
MUST_USE Error consent_text(struct portal *, struct arena *, Str purpose, Str version, const json_t **title, const json_t **text);

#endif
