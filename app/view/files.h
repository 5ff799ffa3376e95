/* Reading small files and folders at start. */
#ifndef LATCHKEY_VIEW_FILES_H
#define LATCHKEY_VIEW_FILES_H

#include "base/arena.h"

/* The whole of a regular file, NUL-terminated behind its length. ERR_NOT_FOUND; ERR_INVALID: larger than `limit` or not a
   regular file; ERR_FAULT: it cannot be read. */
MUST_USE Error file_read(struct arena *, const char *path, size_t limit, Str *out);
/* The names in a folder that end in `suffix`, sorted by bytes; hidden ones are left out. ERR_NOT_FOUND: no such folder;
   ERR_INVALID: more than `limit` names. */
MUST_USE Error folder_list(struct arena *, const char *folder, Str suffix, size_t limit, Str **names, size_t *count);
const char *path_join(struct arena *, const char *folder, Str name);

#endif
