/* What goes by itself when its time is over; ended sessions, proofs and messages have sweeps of their own (serve/courier.c). Each call is
   one small transaction for the courier; *more: call again at once. */
#ifndef LATCHKEY_RETENTION_H
#define LATCHKEY_RETENTION_H

#include "account/portal.h"

/* Rows of the audit older than activity_days, from the beginning of the chain. */
MUST_USE Error retention_activity(struct portal *, const struct visit *, bool *more);
/* The next account of open sign-up that is older than unverified_days: with a confirmed address, a sign-in or a membership it stays for
   good; else its time is over, and account/erase.h takes it away. Not while the law or a dispute holds it. */
MUST_USE Error retention_unproven(struct portal *, const struct visit *, bool *more);

#endif
