/* Password hashing off the workers: a queue of jobs to hasher processes (one a core, at lower priority), so that a flood of
   sign-ins never slows pages. A job is one datagram with the reply's pipe attached; a worker waits at most `wait_ms`.
   At most half of the workers wait at a time; one more gets ERR_BUSY at once (503, Retry-After). */
#ifndef LATCHKEY_HASHING_H
#define LATCHKEY_HASHING_H

#include "account/crypto.h"

/* `slots`: one byte a worker in memory shared by all of them, 1 while that worker waits; the supervisor clears a dead worker's.
   With job_socket -1 (command line, tests) the caller computes itself. */
struct hashing {
    HashCost cost;
    int job_socket;
    volatile unsigned char *slots;
    size_t slot_count, own_slot;
    int wait_ms;
    Str decoy;
};

/* Whether one more may wait just now. Asked before anything is written for an attempt: then a flood costs no commits. */
bool hashing_has_room(const struct hashing *);

/* Verifies `password` against `hash` (STR_NONE: the decoy; then never OK). When it matches and the hash is not current,
   *rehash is a new one, else STR_NONE. OK, ERR_DENIED, ERR_BUSY. */
MUST_USE Error hashing_verify(struct hashing *, struct arena *, Str hash, Str password, Str *rehash);
/* As long as a wrong password for `hash` takes (STR_NONE: the decoy), and never OK: what is compared is none that anybody typed. */
MUST_USE Error hashing_deny(struct hashing *, struct arena *, Str hash, Str password);
MUST_USE Error hashing_make(struct hashing *, struct arena *, Str password, Str *hash);

/* A hasher's loop: returns when the queue's other end is closed or *stop is set. `requests_socket` is the reading end. */
void hashing_serve(int requests_socket, HashCost, const volatile int *stop);
/* The queue: [0] for hashers, [1] for workers. */
MUST_USE Error hashing_queue(int ends[2]);

#endif
