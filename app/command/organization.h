/* Acts of `latchkey organization` that have a file of their own. */
#ifndef LATCHKEY_COMMAND_ORGANIZATION_H
#define LATCHKEY_COMMAND_ORGANIZATION_H

#include "command/user.h"

/* NAME ADDRESS [--role ROLE]… [--language CODE]: the way to the first administrator. */
int organization_invite(struct work *, struct arguments *);

#endif
