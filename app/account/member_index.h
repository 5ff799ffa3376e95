/* What an organization's list of members shows and is searched by: made from profile, rules and roles, as far as the organization's
   desk may see them. */
#ifndef LATCHKEY_MEMBER_INDEX_H
#define LATCHKEY_MEMBER_INDEX_H

#include "account/portal.h"

/* Inside a transaction, after anything that the lists say of the account changed (its profile, state, memberships, roles): brings all
   its memberships up to date. Writes only what differs; an account without memberships costs one read. */
MUST_USE Error member_index_refresh(struct portal *, struct arena *, int64_t account);
/* The same after a change of the profile alone, for who has read the account and its memberships inside the transaction before it:
   nothing is read again, and nothing is made anew where the lists would say the same. */
MUST_USE Error member_index_follow(struct portal *, struct arena *, const struct user *before, const struct subject *before_subject,
                                   json_t *profile);
/* Before an account or a membership goes: its terms go. `organization` 0: of all of them; counts of members follow. Inside a
   transaction. Of a membership alone, member_index_refresh comes after it: what other desks see may hang on it. */
MUST_USE Error member_index_drop(struct portal *, int64_t account, int64_t organization);
/* Before an organization goes with all its memberships: its terms go, and what other desks see of its members is made anew. Inside a
   transaction. */
MUST_USE Error member_index_forget(struct portal *, int64_t organization);
/* Rules, fields or roles have changed: all rows are to be made anew, and until then nobody relies on them. Inside a transaction. */
MUST_USE Error member_index_outdate(struct portal *);
/* For the courier: brings at most `most` outdated rows up to date, in a transaction of its own. *more: call again. */
MUST_USE Error member_index_mend(struct portal *, const struct visit *, size_t most, bool *more);

#endif
