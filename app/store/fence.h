/* The fence around profiles and the audit: when a statement is prepared, the engine says which tables and columns it writes, and that must be
   exactly what its row in stmts.def says. So no statement that writes a profile can hide under another kind. */
#ifndef LATCHKEY_FENCE_H
#define LATCHKEY_FENCE_H

#include "store/db.h"

enum writes {                     /* named as in stmts.def; in order */
    WRITES_reads,                 /* nothing */
    WRITES_other,                 /* anything but what follows */
    WRITES_audit,                 /* takes rows of the audit away or changes them; adding one is other */
    WRITES_profile,               /* rows of account and identifier, and every column of theirs but an account's state */
};

struct statement_text {
    const char *name;
    enum writes writes;
    const char *sql;
};

extern const struct statement_text statement_texts[];   /* stmts.def, by enum statement */

/* What one write means. `column`: of an update; NULL for rows made (`adds`) or deleted. */
enum writes fence_kind(const char *table, const char *column, bool adds);

/* Prepares the statement as db_open does and lets go of it again. ERR_FAULT (logged): it does not prepare, or writes something
   else than it says. */
MUST_USE Error fence_check(struct db *, const struct statement_text *);

#endif
