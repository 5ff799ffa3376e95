/* What a store needs that was put back from a backup: time has gone on without it. */
#ifndef LATCHKEY_RESTORE_H
#define LATCHKEY_RESTORE_H

#include "account/portal.h"

struct restored {
    size_t erased;                /* accounts that were erased after the backup was made, and are again */
};
/* Before anybody is served. No session, link, code or queued message of then works; accounts that were to be deleted get their warning
   and three days more, because somebody may have kept theirs meanwhile; who was erased since is erased again. */
MUST_USE Error restore_settle(struct portal *, const struct visit *, struct restored *out);

#endif
