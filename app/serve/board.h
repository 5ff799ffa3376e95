/* Memory that the supervisor and its children share: what each child says about itself, and the queue of writers. Children may
   scribble here, so the supervisor keeps what it decides with (process ids, times) to itself. */
#ifndef LATCHKEY_BOARD_H
#define LATCHKEY_BOARD_H

#include <pthread.h>
#include <stdatomic.h>
#include "account/figures.h"

enum { BOARD_WORKERS = 256, BOARD_HASHERS = 64, BOARD_SEATS = BOARD_WORKERS + BOARD_HASHERS + 1 };

struct seat {
    _Atomic int64_t busy_since_ms;   /* clock_monotonic_ms; 0: waiting for a request */
    _Atomic int64_t requests;        /* taken since its process began */
    atomic_bool ready;               /* what it needs is open */
};

/* One generation's. Two generations at most are alive at a time: while one follows the other. */
struct bench {
    struct seat seats[BOARD_SEATS];
    volatile unsigned char waiting[BOARD_WORKERS];   /* struct hashing's slots */
    _Atomic int64_t overloads;       /* requests answered 503 and not told of yet */
    _Atomic int64_t overload_told_ms;   /* clock_monotonic_ms of the last log line that told of some; 0: none yet */
};

struct board {
    pthread_mutex_t write_lock;      /* process-shared and robust: one writer at a time in the store */
    struct bench benches[2];
    struct figures figures;
};

MUST_USE Error board_open(struct board **out);
void board_close(struct board *);    /* NULL is fine */
/* A request was answered 503. The number to tell of in the log, once a minute from all workers together; 0: not now. */
int64_t bench_overload(struct bench *, int64_t now_ms);
/* A process is gone: its seat says nothing any more. */
void bench_clear(struct bench *, size_t seat);

#endif
