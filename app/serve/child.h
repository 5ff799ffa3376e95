/* What the children of the supervisor have in common: how they begin, and how they are told to stop. */
#ifndef LATCHKEY_CHILD_H
#define LATCHKEY_CHILD_H

#include "serve/board.h"
#include "serve/generation.h"

struct child_task {
    const struct generation *generation;
    struct board *board;
    struct bench *bench;
    size_t seat;
    int listening_socket;
};

/* Set by SIGTERM. */
extern volatile int child_stopping;

/* First thing after the fork: signals as a child wants them, nothing to be gained by exec, no core files, no open files but
   the standard ones and `keep` (ended by -1). After SIGTERM the process has `drain_seconds` left, also when no supervisor is
   there any more to see to it. Ends the process when all that cannot be had. */
void child_begin(const char *name, const int *keep, int64_t drain_seconds);
/* Has `also` called by SIGTERM's handler, after it has set child_stopping. System calls that can be are restarted then; without
   it they are cut short. */
void child_on_stop(void (*also)(void));
/* SIGTERM when the supervisor dies, at once when it is dead already. */
void child_end_with(pid_t supervisor);

/* The work itself; what they return is the exit code. */
int worker_run(const struct child_task *);
int hasher_run(const struct child_task *);
int courier_run(const struct child_task *);

#endif
