/* The only writer of profiles. It takes what policy_decide made, and nothing else can be handed in. Inside a transaction. */
#ifndef LATCHKEY_STORE_PROFILE_H
#define LATCHKEY_STORE_PROFILE_H

#include "model/user.h"
#include "store/db.h"

/* Writes the decided profile over version `user->version` and its unique values. ERR_CONFLICT with *taken NULL: the version in
   the store is another one; with *taken a field: that value is somebody else's. The caller rolls back then. */
MUST_USE Error profile_save(struct db *, struct arena *, const struct fields *, const struct user *, const struct decided *,
                            int64_t now, const struct field **taken);
/* A new account with the decided profile; fills *id. ERR_CONFLICT with *taken NULL: the user_id exists. */
MUST_USE Error profile_add(struct db *, struct arena *, const struct fields *, int64_t connection, Str user_id,
                           const struct decided *, int64_t now, int64_t *id, const struct field **taken);
/* Unique values are written anew from the profile that is stored: after a field's definition became unique. ERR_CONFLICT as
   above. */
MUST_USE Error profile_index(struct db *, struct arena *, const struct fields *, const struct user *, const struct field **taken);
/* What a profile would claim for its account alone: nobody else of the connection may have it. */
struct profile_claim {
    const struct field *field;
    Str name, key;                /* as the rows say them */
};
size_t profile_claims(struct arena *, const struct fields *, const json_t *profile, struct profile_claim *out, size_t room);
/* Deletes the account and everything that hangs on it; its audit rows stay. ERR_NOT_FOUND: there is none. */
MUST_USE Error profile_drop(struct db *, int64_t account);

#endif
