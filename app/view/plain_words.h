/* What somebody else wrote, for our mail: whoever may name an organization, invites or gives a reason puts no address of their own, no
   second line and no other marks into it. */
#ifndef LATCHKEY_PLAIN_WORDS_H
#define LATCHKEY_PLAIN_WORDS_H

#include "base/arena.h"

/* Its words without addresses and without what cannot be seen, at most that many characters; may be nothing. */
Str plain_words(struct arena *, Str text, size_t most);
/* A bare name of a host becomes a link in programs that show mail, but may be a name like St.Gallen: it stays, with a blank in it. */
Str plain_apart(struct arena *, Str text);

#endif
