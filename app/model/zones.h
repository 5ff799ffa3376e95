/* Time zones by name: a closed list, so that nothing depends on what the machine has installed. */
#ifndef LATCHKEY_ZONES_H
#define LATCHKEY_ZONES_H

#include "base/str.h"

/* The zone's present name: itself, or for an older name the one it goes by now ("Asia/Calcutta" → "Asia/Kolkata"). */
MUST_USE bool zone_find(Str name, Str *present);
/* All present names, sorted: for a list to choose from. */
const char *const *zone_list(size_t *count);

#endif
