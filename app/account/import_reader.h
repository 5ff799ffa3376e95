/* Cuts a stream into the texts of single records without ever holding more than one: a JSON array, or one object after the other
   (NDJSON, but an object may also run over several lines). It looks at quotes, brackets and line ends alone; whether a record is JSON is
   the parser's to say. A record that is broken or too large costs itself and no other. */
#ifndef LATCHKEY_IMPORT_READER_H
#define LATCHKEY_IMPORT_READER_H

#include "base/arena.h"

enum { IMPORT_RECORD_MAX = 256 * 1024, IMPORT_PIECE = 64 * 1024 };

/* Fills `into` with 1 to `room` bytes; 0: the end, below: it cannot be read. */
typedef long (*ImportRead)(void *context, char *into, size_t room);

struct import_record {
    Str text;                     /* until the next record is read */
    int64_t line;                 /* where it begins, from 1 */
    int64_t end;                  /* bytes of the stream that are behind it: where reading goes on */
    const char *code, *flaw;      /* it is none that can be used, in words; NULL: not known yet */
};

struct import_reader;
struct import_reader *import_reader_open(struct arena *, ImportRead, void *context);
/* ERR_NOT_FOUND: there is none left. ERR_FAULT: the stream cannot be read. */
MUST_USE Error import_reader_next(struct import_reader *, struct import_record *out);

#endif
