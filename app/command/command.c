#include "command/command.h"

#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account/audit.h"
#include "base/clock.h"
#include "base/json_memory.h"
#include "serve/generation.h"
#include "serve/privileges.h"

static void say(const char *format, va_list arguments)
{
    fputs("latchkey: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

int command_fail(int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    return code;
}

int command_usage(const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    fprintf(stderr, "Try: latchkey help%s%s\n", name ? " " : "", name ? name : "");
    return EXIT_USAGE;
}

int command_exit_code(Error error)
{
    switch (error) {
    case OK: return EXIT_DONE;
    case ERR_BUSY:
    case ERR_FAULT: return EXIT_FAULT;
    default: return EXIT_REFUSED;
    }
}

void command_problems(const struct problems *problems)
{
    size_t told = 0;
    for (const struct problem *problem = problems->first; problem; problem = problem->next, told++)
        fprintf(stderr, "%.*s: %.*s\n", STR_ARGS(problem->place), STR_ARGS(problem->message));
    if (told < problems->count) fprintf(stderr, "… and %zu more\n", problems->count - told);
}

struct visit command_visit(struct command *command)
{
    const struct passwd *who = getpwuid(getuid());
    Str name = who ? str_of(who->pw_name) : STR_NONE;
    return (struct visit){
        .arena = command->arena,
        .now = clock_now(),
        .request_id = STR(""),
        .peer = STR(""),
        .user_agent = STR(""),
        .actor_id = name.n ? arena_print(command->arena, "cli:%.*s", STR_ARGS(name))
                           : arena_print(command->arena, "cli:%ld", (long)getuid()),
    };
}

enum { MUCH_KIB = 16 * 1024 };

static Error open_store(struct command *command, const struct options *options, struct portal *portal)
{
    struct keys *keys = NULL;
    struct db *db = NULL;
    Error error = keys_open(command->arena, options->key_file.p, true, &keys);
    portal->keys = keys;
    if (!error) error = db_open(&(struct db_options){.url = options->database.p, .unprepared = true}, &db);
    if (!error) error = db_migrate(db);
    db_close(db);
    const struct db_options usual = {.url = options->database.p};
    const struct db_options much = {.url = options->database.p, .checkpoints = true, .cache_kib = MUCH_KIB};
    if (!error) error = db_open(command->much ? &much : &usual, &portal->db);
    return error ? error : audit_begin(portal, command->arena, false);
}

static struct options *read_options(struct command *command)
{
    struct problems problems = {.arena = command->arena};
    struct options *options = ARENA_NEW(command->arena, struct options);
    Error error = options_read(command->arena, command->config_file, &problems, options);
    command_problems(&problems);
    return error ? NULL : options;
}

int command_open(struct command *command, struct portal *portal)
{
    *portal = (struct portal){.hashing = {.job_socket = -1}};
    const struct options *options = read_options(command);
    if (!options) return EXIT_REFUSED;
    json_memory_use(command->arena);
    portal->options = options;
    portal->hashing.cost = options_hash_cost(options);
    Error error = crypto_start();
    if (!error) error = privileges_lend(command->arena, options->user);
    if (!error) error = open_store(command, options, portal);
    privileges_return();
    if (!error) error = portal_refresh(portal);
    if (!error) return EXIT_DONE;
    command_close(portal);
    return command_fail(command_exit_code(error), "%s cannot be opened", options->database.p);
}

void command_close(struct portal *portal)
{
    portal_close(portal);
    db_close(portal->db);
    portal->db = NULL;
}
