/* Whom a name means that was typed at sign-in or for a forgotten password. One address or username may belong to several accounts, one in
   each connection, and signing up confirms nothing: whoever makes an account of their own under somebody's name must not come to
   stand in front of them. */
#ifndef LATCHKEY_NAMESAKE_H
#define LATCHKEY_NAMESAKE_H

#include "account/portal.h"

enum { NAMESAKES = 3 };           /* each may cost a hash, or a mail */

struct namesake {
    struct user user;
    bool member, suspended;       /* of the organization whose door it is */
};

struct namesakes {
    struct namesake list[NAMESAKES];
    size_t count;
};

struct called {
    Str key;                      /* identifier_key of what was typed */
    Str connection;               /* that one alone; STR_NONE: all */
    int64_t organization;         /* whose door it is; 0: the portal's */
};

/* First those that have a password, members of the organization before others, and who has been there longest before who came after.
   Left out is who may not come in by that door (account/look.h), whose address it is without being confirmed while another's is
   confirmed, and whose password another place keeps unless everybody's is kept there. */
MUST_USE Error namesakes_find(struct portal *, const struct visit *, const struct called *, struct namesakes *out);

#endif
