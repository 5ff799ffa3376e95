/* What is no field of a profile and yet an account's: whether it is blocked, its password. Each act is one
   transaction with its audit row, or joins the one that is open (then the caller commits). All of them end what the account
   has open: the epoch moves on and the sessions go. */
#ifndef LATCHKEY_STATE_H
#define LATCHKEY_STATE_H

#include "account/portal.h"

/* Changes nothing, and writes no audit row, when the account is as wished already; but unblocking, like a new password, ends what
   wrong passwords have paused, blocked or not. ACTOR_DESK is the desk of visit->organization, and unblocks only what that desk has blocked;
   everybody else is the operator, who makes even a desk's block their own. `reason` may be STR_NONE. */
MUST_USE Error account_block(struct portal *, const struct visit *, enum actor, const struct user *, bool blocked, Str reason);
/* Name of the organization whose desk blocked the account; STR_NONE: the operator did, or nobody. */
MUST_USE Error account_blocked_by(struct portal *, struct arena *, const struct user *, Str *organization);
/* Name of the organization that was the home of somebody who has none now; STR_NONE: they have one, or never had. */
MUST_USE Error account_origin(struct portal *, struct arena *, const struct user *, Str *organization);
/* `hash` as account/password.h keeps it; STR_NONE takes the password away. */
MUST_USE Error account_set_password(struct portal *, const struct visit *, enum actor, const struct user *, Str hash);
/* The password that an account comes with, inside the transaction that makes it: no act of its own. */
MUST_USE Error account_first_password(struct portal *, const struct visit *, int64_t account, Str hash);
/* Everything that was made for the account until now is dead: its sessions, and by the epoch its links and codes. Inside a
   transaction. */
MUST_USE Error account_end_all(struct portal *, const struct user *);

/* The audit row of an act that changes no field; `user` may be NULL. Joins the transaction of the act, or is one of its own. */
MUST_USE Error account_audit(struct portal *, const struct visit *, enum actor, const struct user *, const char *action, Str reason);
/* The same with a list of what it was about, as JSON (not fields of the profile). */
MUST_USE Error account_audit_list(struct portal *, const struct visit *, enum actor, const struct user *, const char *action,
                                  Str reason, const json_t *list);
/* The same of an act that was refused; `reason` is ours, like "password". */
MUST_USE Error account_audit_refused(struct portal *, const struct visit *, enum actor, const struct user *, const char *action,
                                     Str reason);
/* Of an act that was refused, with such a list. */
MUST_USE Error account_audit_list_refused(struct portal *, const struct visit *, enum actor, const struct user *, const char *action,
                                          Str reason, const json_t *list);

#endif
