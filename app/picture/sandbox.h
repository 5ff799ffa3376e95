/* Work on hostile bytes in a forked child that can do nothing but compute: no descriptors, 256 MB more than it is born with, three
   seconds of CPU, no files, no calls of the system but those for memory and its own end; any other one kills it. What it finds, it
   leaves in memory that it shares with its parent. */
#ifndef LATCHKEY_SANDBOX_H
#define LATCHKEY_SANDBOX_H

#include <stddef.h>

#include "base/error.h"

enum sandbox_end {
    SANDBOX_DONE = 0,             /* the work returned */
    SANDBOX_TOO_LONG,             /* it was ended because its time was over */
    SANDBOX_KILLED,               /* it died in another way: a forbidden call, a fault; logged */
    SANDBOX_FAULT,                /* it could not be begun, or not be locked in; logged */
};

/* Whatever becomes of it, the child is gone when this returns. `most_ms`: by the clock. */
enum sandbox_end sandbox_run(void (*work)(void *context), void *context, int most_ms);
/* Zeroed memory that parent and child share. NULL: there is none; logged. */
void *sandbox_memory(size_t bytes);
void sandbox_memory_end(void *, size_t bytes);

#endif
