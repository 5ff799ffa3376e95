/* The queue of messages as an operator sees it: what waits, what became of the rest. Payloads, and with them links and codes, are
   never read here. */
#ifndef LATCHKEY_QUEUE_H
#define LATCHKEY_QUEUE_H

#include "account/outbox.h"

struct queued {
    int64_t id, attempts, created_at, due_at, expires_at;
    Str message_id, channel, recipient, letter, state, last_error;
};

/* At most `room` of them above `after` (0: from the first), by id; `all`: sent and dropped ones too. */
MUST_USE Error queue_page(struct portal *, struct arena *, int64_t after, bool all, struct queued *out, size_t room, size_t *count);
/* Each in a transaction with its audit row. ERR_NOT_FOUND: there is no such message that waits. */
MUST_USE Error queue_retry(struct portal *, const struct visit *, int64_t id);     /* due at once */
MUST_USE Error queue_drop(struct portal *, const struct visit *, int64_t id);      /* never sent; its payload is emptied */

#endif
