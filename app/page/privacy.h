/* Parts of /privacy, each from the data and the rules. */
#ifndef LATCHKEY_PRIVACY_H
#define LATCHKEY_PRIVACY_H

#include "page/profile_form.h"

/* What is held, where it came from, who changed it last and who sees it. */
MUST_USE Error privacy_held(struct profile_form *, struct part *content);
/* How long things are kept. */
MUST_USE Error privacy_times(struct exchange *, struct part *content);

#endif
