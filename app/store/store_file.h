/* The files of an embedded store: where they may lie, and who may read them. */
#ifndef LATCHKEY_STORE_FILE_H
#define LATCHKEY_STORE_FILE_H

#include <stdbool.h>
#include "base/error.h"

/* File systems (statfs f_type) whose locks or shared memory do not hold between machines or processes. */
bool filesystem_is_remote(unsigned long type);
/* Makes the store's file, empty and 0600, when there is none. ERR_FAULT (logged): it cannot be made, is no plain file, others
   may read it, or it lies on a remote file system. */
MUST_USE Error store_file_prepare(const char *path);
/* Makes a file for a copy, 0600. ERR_CONFLICT: the path exists. */
MUST_USE Error store_file_make_new(const char *path);
/* A copy that is complete, its name too, must survive a power loss. */
MUST_USE Error store_file_sync(const char *path);

#endif
