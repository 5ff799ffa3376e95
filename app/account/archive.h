/* A ZIP file being written; the one door to zip.h. Nothing is in the file before archive_close, so what is given to it must stay until
   then. */
#ifndef LATCHKEY_ARCHIVE_H
#define LATCHKEY_ARCHIVE_H

#include "base/arena.h"

struct archive;

/* The file is made anew, readable by this program alone. ERR_FAULT: logged. */
MUST_USE Error archive_open(struct arena *, const char *path, struct archive **out);
/* `name` is one of our own. */
MUST_USE Error archive_add(struct archive *, const char *name, Str bytes);
/* The contents of another file, read piece by piece. */
MUST_USE Error archive_add_file(struct archive *, const char *name, const char *path);
/* Writes it all and has it on the disk. *size in bytes. The archive is gone afterwards, whatever came of it. */
MUST_USE Error archive_close(struct archive *, int64_t *size);
void archive_discard(struct archive *);           /* NULL is fine */

#endif
