/* What an operator's monitoring reads: counted by the workers in memory that all processes of the supervisor share, from its start on,
   and looked up in the store when somebody asks. Nothing here names a person, an organization or an address. */
#ifndef LATCHKEY_FIGURES_H
#define LATCHKEY_FIGURES_H

#include <stdatomic.h>

#include "account/portal.h"

enum { FIGURE_CLASSES = 5, FIGURE_STEPS = 10 };

struct figures {
    _Atomic int64_t answers[FIGURE_CLASSES];      /* 1xx to 5xx; each answer is in one */
    _Atomic int64_t within[FIGURE_STEPS + 1];     /* how many took up to that step and longer than the one before; the last: longer than all */
    _Atomic int64_t microseconds;                 /* all of them together */
};
extern const int64_t figure_steps[FIGURE_STEPS];  /* microseconds */

void figures_count(struct figures *, int status, int64_t microseconds);

/* In the store, now. */
struct stock {
    int64_t sessions;             /* that have not run out */
    int64_t messages, late;       /* queued; seconds that the longest one is overdue */
    int64_t exports;              /* queued or being built */
    int64_t deletions;            /* accounts to be erased later */
};
MUST_USE Error stock_take(struct portal *, const struct visit *, struct stock *out);

#endif
