/* A portal on a store in a file, with two people and an organization: for tests of what accounts do, also from several processes
   at once. Everything here fails the running test when it cannot be had. */
#ifndef LATCHKEY_TEST_SCENE_H
#define LATCHKEY_TEST_SCENE_H

#include "account/portal.h"
#include "support/store_support.h"

enum { SCENE_NOW = 1000000 };

struct scene {
    struct store_place place;
    struct arena *arena;
    struct options options;
    struct portal portal;
    struct visit visit;           /* at SCENE_NOW; tests move its clock */
    pthread_mutex_t *write_lock;
    int64_t organization;
    struct user ada, bob;
};

void scene_open(struct scene *);
void scene_close(struct scene *);
/* The account as the store has it by now. */
void scene_read(struct scene *, struct user *);
void scene_begin(struct scene *);
void scene_commit(struct scene *);

/* `count` processes, each with a connection of its own, all let go at the same moment: what `act` returned in each, counted by
   result. An act must not fail the test itself. */
enum { SCENE_RESULTS = 10 };
void scene_at_once(struct scene *, size_t count, int (*act)(struct scene *, void *context), void *context,
                   int results[SCENE_RESULTS]);
/* Whether the bytes stand anywhere in the store's files. */
bool scene_holds(struct scene *, Str bytes);

#endif
