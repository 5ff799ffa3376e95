/* `latchkey import`: accounts from a stream of any length, in memory that does not grow with it (domain.md §9.1).

   Rows are written in chunks, each one transaction with its audit rows and with how far it got, so that after a kill at any moment what
   was committed is whole and `resume` goes on behind it. Every row walks through account/profile.h as the operator. A row that cannot be
   kept fails alone. A row is the same account as one of the store by its user_id, else by e-mail address, username or verified phone
   number; without `upsert` such a row fails. Two rows of one file that meet in one account: the second fails. */
#ifndef LATCHKEY_IMPORT_H
#define LATCHKEY_IMPORT_H

#include "account/import_reader.h"
#include "account/portal.h"

enum import_outcome { IMPORT_FAILED = 0, IMPORT_INSERTED, IMPORT_UPDATED, IMPORT_UNCHANGED };

struct import_flaw {
    const char *code;             /* domain.md §9.1: FORMAT, CONFLICT_EMAIL, DUPLICATED_USER … */
    Str path, message;            /* path: email, user_metadata.size …; empty: the row as a whole */
    struct import_flaw *next;
};

struct import_row {
    int64_t number, line;         /* from 1 */
    enum import_outcome outcome;
    Str user_id;                  /* empty: there is none */
    Str name;                     /* what it says it is: address, username, phone number or user_id; may be empty */
    const struct import_flaw *errors, *warnings;
};

struct import_counts {
    int64_t rows, inserted, updated, unchanged, failed;
};

struct import {
    Str connection;               /* its name */
    bool upsert, dry_run, resume;
    ImportRead read;
    void *source;
    Str identity;                 /* of the stream, for resume: the same bytes have the same; empty: none is kept */
    /* After the chunk of a row was committed. */
    void (*each)(void *context, const struct import_row *);
    void (*progress)(void *context, int64_t bytes, const struct import_counts *);
    void *context;
};

/* ERR_NOT_FOUND: no such connection; with `resume`: nothing was begun with this stream. ERR_CONFLICT: it is not the stream that was begun.
   ERR_BUSY, ERR_FAULT: the store or the stream; *out says what was committed until then, rows before `resume` counted too. */
MUST_USE Error import_run(struct portal *, const struct visit *, const struct import *, struct import_counts *out);

const char *import_outcome_name(enum import_outcome);

#endif
