/* The part of the courier that makes the files of people's own data (account/export.h), in steps that keep nobody waiting: one of them
   reads a slice of what happened to the account, the last one packs. Killed at any moment, it begins anew. */
#ifndef LATCHKEY_PACKER_H
#define LATCHKEY_PACKER_H

#include "account/export_work.h"
#include "view/view.h"

struct packer;

/* The portal stays the caller's, with its directory fresh at every step. */
MUST_USE Error packer_open(struct arena *, struct portal *, const struct view *, struct packer **out);
void packer_close(struct packer *);               /* NULL is fine */
/* One step; *more: call again soon. */
MUST_USE Error packer_step(struct packer *, const struct visit *, bool *more);
/* Copies whose time is over, and files that nobody has a right to any more. */
MUST_USE Error packer_sweep(struct packer *, const struct visit *, bool *more);

#endif
