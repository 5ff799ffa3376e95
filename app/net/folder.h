/* Messages as files, for a demo, tests, or another program that fetches them. */
#ifndef LATCHKEY_FOLDER_H
#define LATCHKEY_FOLDER_H

#include "base/arena.h"

/* FOLDER/<time>-<id><suffix>, there as a whole or not at all, on disk when it returns; names sort by time. The folder is made
   when it is missing. A fault is logged. */
MUST_USE Error folder_drop(struct arena *, Str folder, Str id, const char *suffix, Str content);

#endif
