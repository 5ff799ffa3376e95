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
/* Whether all of the store lies in its file: nothing waits in the log beside it. */
bool store_file_is_alone(const char *path);
/* `copy` takes the place of the store, which gets the name `kept`, both in the same folder. Whatever ends the program in between, at
   `path` lies one of the two, whole; only a store whose log could not be emptied, because it is damaged, may lie there without its
   log, and then has it under the name `kept`. ERR_FAULT (errno, logged): the old store is where it was, with its log. */
MUST_USE Error store_file_replace(const char *path, const char *copy, const char *kept);
/* A copy that is complete, its name too, must survive a power loss. */
MUST_USE Error store_file_sync(const char *path);

#endif
