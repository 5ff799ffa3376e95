/* The end of an account. One transaction takes everything of it away but its names in the audit, which go in small transactions after it;
   what is to be done yet stands in the store, so that a program that dies in the middle goes on where it was. Last, the store's log is
   cut off, because it holds what was there before. */
#ifndef LATCHKEY_ERASE_H
#define LATCHKEY_ERASE_H

#include "account/deletion.h"

/* The next thing that is to be done, in a transaction of its own: an account whose time is over, or what is left of one. *more: call
   again. An account that became the only one to manage an organization meanwhile waits another day, which the organization's audit
   says once; one under legal hold waits until it is released. The store's log is cut off where the connection may (db_options.checkpoints); else its courier does it. */
MUST_USE Error erase_step(struct portal *, const struct visit *, bool *more);
/* At once, whatever it is scheduled for; what is left of it is for erase_step. One transaction. visit->reason stays in the audit row that
   names nobody, like an operator's reason for an account that was scheduled. False *done: *obstacle says what is in
   the way, and nothing was changed. */
MUST_USE Error erase_now(struct portal *, const struct visit *, enum actor, const struct user *, Deletion *obstacle, bool *done);
/* Accounts that a restored backup brought back are erased again, whatever they were scheduled for; those under legal hold stay, and
   the log says so. Reads the file of tombstones, and all accounts only when there is something new in it. */
MUST_USE Error erase_restored(struct portal *, const struct visit *, size_t *count);

#endif
