/* Accounts as rows. Reading only: profiles are written by store/profile.h. All results live in `arena`. */
#ifndef LATCHKEY_USER_STORE_H
#define LATCHKEY_USER_STORE_H

#include "model/user.h"
#include "store/db.h"

MUST_USE Error user_get(struct db *, struct arena *, int64_t account, struct user *out);
MUST_USE Error user_get_by_user_id(struct db *, struct arena *, Str user_id, struct user *out);
/* ERR_NOT_FOUND also: no member of that organization. */
MUST_USE Error user_get_of_organization(struct db *, struct arena *, int64_t organization, Str user_id, struct user *out);
/* At most `room` accounts with an id above `after` (0: from the first), by id. */
MUST_USE Error user_page(struct db *, struct arena *, int64_t after, struct user *out, size_t room, size_t *count);
/* The same one by one, with the profile as the text that is stored; all of it until `each` returns. `connection` 0: all. */
typedef Error (*UserEach)(void *context, const struct user *, Str profile);
MUST_USE Error user_page_texts(struct db *, int64_t connection, int64_t after, size_t room, UserEach, void *context, size_t *count);
/* Accounts whose e-mail address, username or phone has this key (identifier_key), the oldest first; at most `room`.
   `connection` 0: all. */
MUST_USE Error users_by_identifier(struct db *, struct arena *, Str key, int64_t connection, int64_t *accounts, size_t room,
                                   size_t *count);
MUST_USE Error user_memberships(struct db *, struct arena *, const struct fields *, int64_t account, struct membership **out,
                                size_t *count);
/* The account of a live session, with its memberships: of one state of the store. `seen_after`: idle sessions older than that do not count. */
struct session_row {
    struct user user;
    Str public_id;
    int64_t created_at, authenticated_at, last_seen_at, generation, consented;
};
MUST_USE Error user_of_session(struct db *, struct arena *, Str id_hash, int64_t now, int64_t seen_after,
                               struct session_row *out);
MUST_USE Error directory_load(struct db *, struct arena *, struct directory *out);
MUST_USE Error directory_generation(struct db *, int64_t *out);

/* One audit row, for account/audit.h. `fields`: JSON array of { "field", "level", "rule" }; never values. */
struct audit_entry {
    int64_t at;
    Str request_id, actor, actor_id, organization, connection, user_id, action, outcome, reason, peer, fields;
};

#endif
