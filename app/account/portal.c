#include "account/portal.h"

#include "base/json_memory.h"
#include "base/log.h"
#include "store/user_store.h"

enum { RETIRED = sizeof((struct portal *)0)->retired / sizeof(struct arena *) };

void portal_settle(struct portal *portal)
{
    for (size_t i = 0; i < RETIRED; i++) {
        arena_close(portal->retired[i]);
        portal->retired[i] = NULL;
    }
}

static struct arena **free_place(struct portal *portal)
{
    for (size_t i = 0; i < RETIRED; i++)
        if (!portal->retired[i]) return &portal->retired[i];
    return NULL;
}

static Error load(struct portal *portal)
{
    struct arena **place = free_place(portal);
    struct arena *arena = place ? arena_open(0) : NULL;
    if (!arena) return ERR_BUSY;
    struct arena *before = json_memory_use(arena);
    struct directory directory = {0};
    Error error = directory_load(portal->db, arena, &directory);
    json_memory_use(before);
    if (error) {
        arena_close(arena);
        return error;
    }
    *place = portal->directory_arena;
    portal->directory_arena = arena;
    portal->directory = directory;
    return OK;
}

Error portal_refresh(struct portal *portal)
{
    int64_t generation = 0;
    Error error = directory_generation(portal->db, &generation);
    if (error) return error;
    if (portal->directory_arena && generation == portal->directory.generation) return OK;
    return load(portal);
}

void portal_close(struct portal *portal)
{
    portal_settle(portal);
    arena_close(portal->directory_arena);
    portal->directory_arena = NULL;
}

Error portal_join(struct portal *portal, bool *own)
{
    *own = !db_in_transaction(portal->db);
    return *own ? db_begin(portal->db) : OK;
}

Error portal_end(struct portal *portal, bool own, Error error)
{
    if (!own) return error;
    if (!error) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}
