/* A member at a glance, above their page: who it is, and how it stands with them. */
#ifndef LATCHKEY_DESK_GLANCE_H
#define LATCHKEY_DESK_GLANCE_H

#include "page/profile_form.h"

/* After profile_form_decide: nothing stands here that the desk may not see in the profile. */
MUST_USE Error desk_glance_fill(const struct profile_form *, const struct desk_member *, struct part *content);

#endif
