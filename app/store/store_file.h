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
/* A plain copy, on disk when it returns OK. ERR_NOT_FOUND: there is no such file. ERR_CONFLICT: `to` exists. */
MUST_USE Error store_file_copy(const char *from, const char *to);
/* Locks the store's file against every program that would use it, until *fd is closed. ERR_CONFLICT: one does. *fd -1: there is no
   such file. */
MUST_USE Error store_file_hold(const char *path, int *fd);
/* A copy that is complete, its name too, must survive a power loss. */
MUST_USE Error store_file_sync(const char *path);

#endif
