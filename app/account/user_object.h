/* An account as the Management API shows it (domain.md §1.1, §2.3): never a password, a hash or a token. */
#ifndef LATCHKEY_USER_OBJECT_H
#define LATCHKEY_USER_OBJECT_H

#include "model/user.h"

json_t *user_object(struct arena *, const struct directory *, const struct user *);
/* The same object as compact JSON behind *out, from the text of the profile as it is stored. False: the text is not plain enough to be
   taken over as it is (nothing was added); then it has to be read. */
MUST_USE bool user_object_text(struct text *out, const struct directory *, const struct user *, Str profile);

#endif
