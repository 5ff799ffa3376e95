/* The processes of one generation: workers, hashers, a courier. Starts them, starts them again, ends them. */
#ifndef LATCHKEY_CREW_H
#define LATCHKEY_CREW_H

#include <signal.h>
#include <sys/types.h>
#include "serve/child.h"

struct member;

struct crew {
    struct generation *generation;
    struct board *board;
    struct bench *bench;
    int listening_socket;
    struct member *members;
    size_t count;
    bool leaving;                 /* nobody is started any more */
    int64_t leaving_since_ms, told_ms;
};

/* Takes the generation over. */
void crew_init(struct crew *, struct generation *, struct board *, struct bench *, int listening_socket);
bool crew_exists(const struct crew *);

/* Starts everybody who is missing and due; the courier only with `courier`, because two generations share one. */
void crew_start(struct crew *, int64_t now_ms, bool courier);
/* A child ended: true when it was one of this crew. One that dies is started again at once; one that dies within a second of its
   start without having answered anything, and does so again, waits a second, then twice as long each time, up to 30 s. */
bool crew_reap(struct crew *, pid_t, int status, int64_t now_ms);
/* Kills workers that need longer for a request than they may. */
void crew_watch(struct crew *, int64_t now_ms);
/* Nobody is started any more. crew_leave_step, called until crew_is_gone, tells workers and courier again and again to stop,
   hashers when no worker is left to need them, and kills who is still there after drain_seconds. */
void crew_leave(struct crew *, int64_t now_ms);
void crew_leave_step(struct crew *, int64_t now_ms);

bool crew_is_ready(const struct crew *);          /* every worker and hasher works */
bool crew_is_gone(const struct crew *);
bool crew_has_courier(const struct crew *);       /* its courier is alive */
int64_t crew_next_start(const struct crew *);     /* when somebody is due; INT64_MAX: nobody is missing */
/* When all are gone. */
void crew_close(struct crew *);

#endif
