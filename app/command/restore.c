/* Puts a backup in the place of the store. Everything that can fail happens on a copy beside it; the old store is kept. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "account/audit.h"
#include "account/restore.h"
#include "base/json_memory.h"
#include "command/command.h"
#include "serve/privileges.h"
#include "store/store_file.h"

struct restoring {
    struct command *command;
    const char *file;             /* the backup */
    struct options *options;
    struct keys *keys;
    Str copy, kept;               /* beside the store: what becomes it, and where the old one goes */
    int held;                     /* the old store, locked; -1: there is none */
    struct restored done;
};

static Str beside(const struct restoring *restoring, const char *ending)
{
    return arena_print(restoring->command->arena, "%.*s%s", STR_ARGS(restoring->options->database), ending);
}

static void remove_copy(const struct restoring *restoring)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        unlink(arena_print(restoring->command->arena, "%.*s%s", STR_ARGS(restoring->copy), endings[i]).p);
}

static struct visit quiet_visit(const struct restoring *restoring)
{
    return command_visit(restoring->command);
}

/* --- on the copy --- */

static Error bring_up(struct restoring *restoring)
{
    struct db *db = NULL;
    Error error = db_open(&(struct db_options){.url = restoring->copy.p, .unprepared = true, .checkpoints = true}, &db);
    if (!error) error = db_verify(db);
    if (!error) error = db_migrate(db);
    db_close(db);
    return error;
}

static Error settle(struct restoring *restoring)
{
    struct visit visit = quiet_visit(restoring);
    struct portal portal = {.options = restoring->options, .keys = restoring->keys, .hashing.job_socket = -1};
    Error error = db_open(&(struct db_options){.url = restoring->copy.p, .checkpoints = true}, &portal.db);
    if (!error) error = audit_begin(&portal, restoring->command->arena, true);
    if (!error) error = portal_refresh(&portal);
    if (!error) error = restore_settle(&portal, &visit, &restoring->done);
    if (!error) error = db_cut_log(portal.db);
    portal_close(&portal);
    db_close(portal.db);
    return error;
}

static int make_copy(struct restoring *restoring)
{
    struct arena *arena = restoring->command->arena;
    remove_copy(restoring);
    if (access(arena_print(arena, "%s-wal", restoring->file).p, F_OK) == 0)
        return command_fail(EXIT_REFUSED, "%s has a -wal file beside it, so it is no backup: make one with latchkey backup", restoring->file);
    Error error = store_file_copy(restoring->file, restoring->copy.p);
    if (error) return command_fail(error == ERR_NOT_FOUND ? EXIT_REFUSED : command_exit_code(error), "%s cannot be copied", restoring->file);
    error = bring_up(restoring);
    if (error) return command_fail(EXIT_REFUSED, "%s is no sound backup of a store for this program; nothing was changed", restoring->file);
    error = settle(restoring);
    return error ? command_fail(command_exit_code(error), "the backup could not be made ready; nothing was changed") : EXIT_DONE;
}

/* --- in the store's place --- */

/* It went less far than the one before it, by right. */
static Error remember_audit(const struct restoring *restoring)
{
    struct portal portal = {.options = restoring->options, .keys = restoring->keys, .hashing.job_socket = -1};
    Error error = db_open(&(struct db_options){.url = restoring->options->database.p, .checkpoints = true}, &portal.db);
    if (!error) error = audit_remember(&portal, restoring->command->arena);
    db_close(portal.db);
    return error;
}

static int swap(const struct restoring *restoring)
{
    const char *database = restoring->options->database.p;
    Error error = store_file_replace(database, restoring->copy.p, restoring->kept.p);
    if (error) return command_fail(EXIT_FAULT, "%s cannot be replaced; nothing was changed", database);
    error = store_file_sync(database);
    if (error) return command_fail(EXIT_FAULT, "%s is in its place, but may not be on disk yet", database);
    error = remember_audit(restoring);
    if (error) fprintf(stderr, "latchkey: %s.audit could not be written: latchkey audit verify compares with the store before\n",
                       restoring->options->key_file.p);
    if (restoring->held >= 0) printf("the store until now is kept as %.*s\n", STR_ARGS(restoring->kept));
    printf("%s is restored; everybody signs in again", database);
    if (restoring->done.erased) printf(", and %zu accounts that were erased since are erased again", restoring->done.erased);
    putchar('\n');
    return EXIT_DONE;
}

/* --- the old store --- */

static int hold(struct restoring *restoring)
{
    const char *database = restoring->options->database.p;
    Error error = store_file_hold(database, &restoring->held);
    if (error == ERR_CONFLICT) return command_fail(EXIT_REFUSED, "the store is in use: stop latchkey first; nothing was changed");
    return error ? command_fail(command_exit_code(error), "%s cannot be locked", database) : EXIT_DONE;
}

static void let_go(struct restoring *restoring)
{
    if (restoring->held >= 0) close(restoring->held);
    restoring->held = -1;
}

/* What its log holds goes into it, so that the store is one file when another one takes its place. ERR_FAULT: it is damaged, which may
   be why somebody restores. */
static Error empty_log(const struct restoring *restoring)
{
    struct db *db = NULL;
    Error error = db_open(&(struct db_options){.url = restoring->options->database.p, .unprepared = true, .checkpoints = true}, &db);
    if (!error) error = db_cut_log(db);
    db_close(db);
    return error;
}

/* Its lock and ours exclude each other: between the two somebody may begin to use it, and is seen by what the log holds again. */
static int hold_alone(struct restoring *restoring)
{
    const char *database = restoring->options->database.p;
    int code = hold(restoring);
    if (code || restoring->held < 0 || store_file_is_alone(database)) return code;
    let_go(restoring);
    Error error = empty_log(restoring);
    if (error) fprintf(stderr, "latchkey: %s: its log cannot be put into it, so it is kept beside it as it is\n", database);
    code = hold(restoring);
    if (code || error || store_file_is_alone(database)) return code;
    let_go(restoring);
    return command_fail(EXIT_REFUSED, "the store is in use: stop latchkey first; nothing was changed");
}

static int restore(struct restoring *restoring)
{
    struct tm time;
    char stamp[32];
    time_t now = (time_t)quiet_visit(restoring).now;
    gmtime_r(&now, &time);
    strftime(stamp, sizeof stamp, ".before-%Y%m%dT%H%M%SZ", &time);
    restoring->copy = beside(restoring, ".restoring");
    restoring->kept = beside(restoring, stamp);
    int code = hold_alone(restoring);
    if (code) return code;
    code = make_copy(restoring);
    if (!code) code = swap(restoring);
    if (code) remove_copy(restoring);
    let_go(restoring);
    return code;
}

int command_restore(struct command *command, int argc, char **argv)
{
    struct problems problems = {.arena = command->arena};
    struct restoring restoring = {.command = command, .held = -1, .options = ARENA_NEW(command->arena, struct options)};
    if (argc != 2) return command_usage("restore", "restore: name the one file to restore from");
    restoring.file = argv[1];
    Error error = options_read(command->arena, command->config_file, &problems, restoring.options);
    command_problems(&problems);
    if (error) return EXIT_REFUSED;
    json_memory_use(command->arena);
    error = crypto_start();
    if (!error) error = privileges_lend(command->arena, restoring.options->user);
    if (!error) error = keys_open(command->arena, restoring.options->key_file.p, false, &restoring.keys);
    int code = error ? command_fail(EXIT_REFUSED, "the key file cannot be read: the backup is of no use without it") : restore(&restoring);
    privileges_return();
    return code;
}
