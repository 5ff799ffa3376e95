/* What the engine-neutral parts of the store (store/migrate.c) need of the engine's driver. Not for anybody else. */
#ifndef LATCHKEY_ENGINE_H
#define LATCHKEY_ENGINE_H

#include "store/db.h"

/* The engine's own word for what stands in angle brackets in a migration ("id"); NULL: there is no such word. */
const char *engine_word(Str name);
/* Runs SQL of any number of statements that is ours from end to end: no parameters, no rows. Logged when it fails. */
MUST_USE Error engine_run(struct db *, const char *sql);
MUST_USE Error engine_has_table(struct db *, const char *name, bool *out);
/* The first column of the first row. */
MUST_USE Error engine_int(struct db *, const char *sql, int64_t *out);

#endif
