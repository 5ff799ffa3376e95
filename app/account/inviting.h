/* Invitations as rows, for account/invitation*.c alone. */
#ifndef LATCHKEY_INVITING_H
#define LATCHKEY_INVITING_H

#include "account/invitation.h"

struct inviting {
    struct invitation invitation;
    Str email_key, inviter;
};

/* *hash is what the store keeps of the secret. */
Str inviting_draw(struct portal *, struct arena *, Str *hash);
/* The live one with this secret, with the roles that it gives as things stand. ERR_EXPIRED: it is dead; *out is as invitation_find says. */
MUST_USE Error inviting_find(struct portal *, const struct visit *, Str secret, struct inviting *out);
/* What who invites (user_id, or cli:NAME) may in the organization of that name by now; 0: they are gone, or may not act. */
MUST_USE Error inviter_may(struct portal *, const struct visit *, Str inviter, Str organization, Permissions *out);
/* ERR_NOT_FOUND: the organization has none of that name. */
MUST_USE Error inviting_get(struct portal *, const struct visit *, int64_t organization, Str public_id, struct inviting *out);
/* The open result's present row, of INVITATION_COLUMNS. */
MUST_USE Error inviting_read(const struct visit *, const struct rows *, struct inviting *out);
/* Inside a transaction. ERR_EXPIRED: it was over before. */
MUST_USE Error inviting_close(struct portal *, const struct visit *, const struct inviting *, const char *state);
/* The visit as somebody who answers that organization: what the audit row says. */
MUST_USE Error inviting_visit(struct portal *, const struct visit *, int64_t organization, struct visit *out);
/* The audit row of what was refused, in a transaction of its own: nothing else of it stays. */
MUST_USE Error inviting_refused(struct portal *, const struct visit *, enum actor, const struct user *, const char *action, Str reason);

#endif
