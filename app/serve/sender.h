/* The part of the courier that sends: takes messages from the outbox, writes their letters, and carries a few at a time, so that
   one slow server keeps neither the other messages nor the courier's chores waiting. */
#ifndef LATCHKEY_SENDER_H
#define LATCHKEY_SENDER_H

#include "serve/child.h"

struct sender;

/* `db` stays the caller's. */
MUST_USE Error sender_open(struct arena *, const struct generation *, struct db *, struct sender **out);
void sender_close(struct sender *);               /* NULL is fine; what is under way is sent again later */

/* One round: takes new messages while `take` is set and there is room, and goes on with those under way, waiting at most `wait_ms`
   for them. True: there is more to do at once. */
bool sender_round(struct sender *, bool take, int wait_ms);
bool sender_is_busy(const struct sender *);

#endif
