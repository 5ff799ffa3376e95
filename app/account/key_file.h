/* The file of the master key. Every refusal is logged with the file's name and what to do. */
#ifndef LATCHKEY_KEY_FILE_H
#define LATCHKEY_KEY_FILE_H

#include "account/crypto.h"

/* OK, ERR_NOT_FOUND, ERR_INVALID (not 32 bytes, or others may read it), ERR_FAULT. */
MUST_USE Error key_file_read(const char *file, unsigned char key[SECRET_BYTES]);
/* Whole and on disk, or not there at all. ERR_CONFLICT: another process was first; its key counts. */
MUST_USE Error key_file_make(struct arena *, const char *file, Str key);

#endif
