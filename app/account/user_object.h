/* An account as the Management API shows it (domain.md §1.1, §2.3): never a password, a hash or a token. */
#ifndef LATCHKEY_USER_OBJECT_H
#define LATCHKEY_USER_OBJECT_H

#include "model/user.h"

json_t *user_object(struct arena *, const struct directory *, const struct user *);

#endif
