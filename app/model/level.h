/* Who acts, and how much of a field an actor may have. Source: interface.md "Rules". */
#ifndef LATCHKEY_LEVEL_H
#define LATCHKEY_LEVEL_H

#include "base/str.h"

/* The first three stand in order of power; source (connection sync) and script stand outside it. */
enum actor { ACTOR_OWNER, ACTOR_DESK, ACTOR_OPERATOR, ACTOR_SOURCE, ACTOR_SCRIPT, ACTORS };

/* In order; 0 is "not even seen". */
enum level { LEVEL_NONE, LEVEL_READ, LEVEL_ONCE, LEVEL_EDIT, LEVELS };

const char *actor_name(enum actor);              /* "owner" … */
MUST_USE bool actor_of(Str name, enum actor *out);
const char *level_name(enum level);
MUST_USE bool level_of(Str name, enum level *out);

#endif
