/* Being somebody less than root. */
#ifndef LATCHKEY_PRIVILEGES_H
#define LATCHKEY_PRIVILEGES_H

#include "base/arena.h"

/* For good: no supplementary groups, no way back. Nothing to do for an empty user or when not root. ERR_INVALID: no such
   user; ERR_FAULT: the system refuses; both are logged. */
MUST_USE Error privileges_drop(struct arena *, Str user);
/* For a while, so that files are made as that user; privileges_return takes it back. Same conditions and errors. */
MUST_USE Error privileges_lend(struct arena *, Str user);
void privileges_return(void);

#endif
