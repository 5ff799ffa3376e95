#include "serve/generation.h"

#include <unistd.h>

#include "account/audit.h"
#include "account/erase.h"
#include "account/password.h"
#include "base/clock.h"
#include "base/json_memory.h"
#include "base/log.h"

HashCost options_hash_cost(const struct options *options)
{
    return (HashCost){.kib = options->password_hash_kib, .passes = options->password_hash_passes};
}

static void read_pages(struct generation *generation, struct problems *problems)
{
    const struct options *options = &generation->options;
    if (catalogs_load(generation->arena, options->languages_dir.p, problems, &generation->catalogs)) return;
    if (!catalogs_get(&generation->catalogs, options->default_language))
        problem_add(problems, STR("default_language"), "there is no language \"%.*s\" in %s",
                    STR_ARGS(options->default_language), options->languages_dir.p);
    /* Every problem is in the list; what is missing here makes the whole reading fail below. */
    (void)!view_load(generation->arena, options->templates_dir.p, options->static_dir.p, &generation->catalogs, problems,
                     &generation->view);
}

Error generation_read(struct arena *arena, const char *config_file, struct problems *problems, struct generation **out)
{
    struct generation *generation = *out = ARENA_NEW(arena, struct generation);
    *generation = (struct generation){.arena = arena, .queue = {-1, -1}};
    Error error = options_read(arena, config_file, problems, &generation->options);
    if (error == ERR_NOT_FOUND) return error;
    read_pages(generation, problems);
    if (problems->count) return ERR_INVALID;
    return generation->view ? OK : ERR_FAULT;
}

/* Closed again at once: a connection must not be taken through a fork. */
static Error prepare_store(const struct options *options)
{
    struct db *db = NULL;
    Error error = db_open(&(struct db_options){.url = options->database.p, .unprepared = true}, &db);
    if (!error) error = db_migrate(db);
    db_close(db);
    return error;
}

/* Before anybody is served: the audit has its beginning, and a backup that was put back must not bring erased people back. Closed again
   likewise. */
static Error settle(struct generation *generation)
{
    size_t erased = 0;
    struct portal portal = {.options = &generation->options, .keys = generation->keys, .hashing.job_socket = -1};
    Error error = db_open(&(struct db_options){.url = generation->options.database.p}, &portal.db);
    struct arena *arena = arena_open(0);
    if (!error && !arena) error = ERR_BUSY;
    struct arena *before = json_memory_use(arena);
    if (!error) error = audit_begin(&portal, arena, false);
    if (!error)
        error = erase_restored(&portal, &(struct visit){.arena = arena, .now = clock_now(), .request_id = STR(""), .peer = STR(""),
                                                        .user_agent = STR(""), .actor_id = STR("serve")}, &erased);
    json_memory_use(before);
    portal_close(&portal);
    db_close(portal.db);
    arena_close(arena);
    return error;
}

Error generation_prepare(struct generation *generation)
{
    const struct options *options = &generation->options;
    Error error = keys_open(generation->arena, options->key_file.p, true, &generation->keys);
    if (!error) error = prepare_store(options);
    if (!error) error = settle(generation);
    if (!error) error = password_decoy(generation->arena, options_hash_cost(options), &generation->decoy);
    if (!error) error = hashing_queue(generation->queue);
    return error;
}

void generation_close(struct generation *generation)
{
    if (!generation) return;
    for (int i = 0; i < 2; i++)
        if (generation->queue[i] >= 0) close(generation->queue[i]);
    view_close(generation->view);
    keys_close(generation->keys);
    arena_close(generation->arena);
}
