/* jansson takes its memory from the arena that is current: the request's, or the process's while something lasting is read.
   Nothing is given back piecewise, so no json_decref anywhere. */
#ifndef LATCHKEY_JSON_MEMORY_H
#define LATCHKEY_JSON_MEMORY_H

#include "base/arena.h"

struct arena *json_memory_use(struct arena *);   /* returns the one used before, to be put back; NULL at first */

#endif
