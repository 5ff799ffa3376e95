#include "account/audit.h"

#include <stdio.h>
#include <string.h>

#include "account/shape.h"
#include "base/clock.h"
#include "base/json_memory.h"
#include "command/user.h"

enum { USUAL_LIMIT = 50, MOST_ROWS = 100000 };

static Str line_text(Str text)
{
    return text.n ? text : STR("-");
}

static void put_text(json_t *object, const char *key, Str text)
{
    json_object_set_new(object, key, text.p ? json_stringn(text.p, text.n) : json_null());
}

static void print_json(json_t *object)
{
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
}

/* --- verify --- */

static void print_check_json(const struct audit_check *check)
{
    json_t *object = json_object();
    json_object_set_new(object, "whole", json_boolean(!check->problem));
    json_object_set_new(object, "rows", json_integer(check->rows));
    json_object_set_new(object, "forgotten", json_integer(check->forgotten));
    if (!check->problem) json_object_set_new(object, "remembered", json_boolean(check->remembered));
    if (check->problem) json_object_set_new(object, "broken", json_integer(check->broken));
    if (check->problem) json_object_set_new(object, "problem", json_string(check->problem));
    if (!check->problem) put_text(object, "head", check->head);
    print_json(object);
}

/* A copy of the store without the file beside the key, or a store that is new to this key. */
static void print_unremembered(const struct options *options)
{
    fprintf(stderr, "latchkey: %.*s.audit was not there: whether this store was put back, cut or begun anew cannot be told;"
            " from now on it remembers this end\n", STR_ARGS(options->key_file));
}

static void print_check(const struct audit_check *check)
{
    printf("%lld row%s, nothing was changed", (long long)check->rows, check->rows == 1 ? "" : "s");
    if (check->forgotten) printf("; in %lld, names of people who were erased are taken out", (long long)check->forgotten);
    printf("\n");
    if (check->head.n) printf("head %.*s\n", STR_ARGS(check->head));
}

static int verify(struct work *work, struct arguments *arguments)
{
    struct audit_check check;
    const char *since = argument_value(arguments, "--since");
    if (!arguments_are(arguments, 1, 1)) return command_usage("audit", "audit verify: --since HEAD and nothing else");
    int code = command_open(work->command, &work->portal);
    if (code) return code;
    Error error = audit_verify(&work->portal, work->command->arena, str_of(since), &check);
    command_close(&work->portal);
    if (error && !check.problem) return command_fail(EXIT_FAULT, "the audit could not be read");
    if (!error && !check.remembered) print_unremembered(work->portal.options);
    if (work->command->json) print_check_json(&check);
    else if (!error) print_check(&check);
    if (!error) return EXIT_DONE;
    if (!check.broken) return command_fail(EXIT_REFUSED, "audit: %s", check.problem);
    return command_fail(EXIT_REFUSED, "audit: row %lld: %s", (long long)check.broken, check.problem);
}

/* --- show --- */

static void show_line(void *context, int64_t id, const struct audit_entry *entry)
{
    struct arena *arena = context;
    Str texts[] = {entry->actor, line_text(entry->actor_id), entry->action, entry->outcome, line_text(entry->user_id),
                   line_text(entry->organization), line_text(entry->peer), line_text(entry->reason)};
    struct text line = {.arena = arena};
    text_print(&line, "%lld\t%.*s", (long long)id, STR_ARGS(clock_iso(arena, entry->at)));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        text_add(&line, STR("\t"));
        text_add_safe(&line, texts[i]);
    }
    text_add(&line, STR("\n"));
    fwrite(line.p, 1, line.n, stdout);
    arena_wipe(arena);
}

static void show_object(void *context, int64_t id, const struct audit_entry *entry)
{
    struct arena *arena = context, *before = json_memory_use(arena);
    json_t *object = json_object(), *fields = json_loadb(entry->fields.p, entry->fields.n, 0, NULL);
    json_object_set_new(object, "id", json_integer(id));
    put_text(object, "at", clock_iso(arena, entry->at));
    put_text(object, "request_id", entry->request_id);
    put_text(object, "actor", entry->actor);
    put_text(object, "actor_id", entry->actor_id);
    put_text(object, "organization", entry->organization);
    put_text(object, "connection", entry->connection);
    put_text(object, "user_id", entry->user_id);
    put_text(object, "action", entry->action);
    put_text(object, "outcome", entry->outcome);
    put_text(object, "reason", entry->reason);
    put_text(object, "peer", entry->peer);
    json_object_set_new(object, "fields", fields ? fields : json_array());
    print_json(object);
    json_memory_use(before);
    arena_wipe(arena);
}

/* Rows stay when the account is gone: a user_id need not be anybody's any more. */
static int find_person(struct work *work, const char *who, Str *user_id)
{
    struct user user;
    *user_id = STR_NONE;
    if (!who) return EXIT_DONE;
    *user_id = str_of(who);
    if (strchr(who, '|')) return EXIT_DONE;
    int code = user_find(work, who, &user);
    if (!code) *user_id = user.user_id;
    return code;
}

static int show_rows(struct work *work, const struct audit_filter *filter)
{
    struct arena *arena = arena_open(0);
    if (!arena) return command_fail(EXIT_FAULT, "memory is out");
    Error error = audit_read(&work->portal, filter, work->command->json ? show_object : show_line, arena);
    arena_close(arena);
    return error ? command_fail(EXIT_FAULT, "the audit could not be read") : EXIT_DONE;
}

static int show(struct work *work, struct arguments *arguments)
{
    const char *who = argument_value(arguments, "--user"), *organization = argument_value(arguments, "--organization");
    const char *limit = argument_value(arguments, "--limit");
    struct audit_filter filter = {.organization = str_of(organization), .limit = USUAL_LIMIT};
    if (!arguments_are(arguments, 1, 1))
        return command_usage("audit", "audit show: --user, --organization and --limit with their values");
    if (limit && (!str_to_int(str_of(limit), &filter.limit) || filter.limit < 1 || filter.limit > MOST_ROWS))
        return command_usage("audit", "audit show: --limit is a number from 1 to %d", MOST_ROWS);
    int code = command_open(work->command, &work->portal);
    if (code) return code;
    work->visit = command_visit(work->command);
    code = find_person(work, who, &filter.user_id);
    if (!code) code = show_rows(work, &filter);
    command_close(&work->portal);
    return code;
}

int command_audit(struct command *command, int argc, char **argv)
{
    struct arguments arguments = arguments_of(argc, argv);
    struct work work = {.command = command};
    if (arguments.count > 0 && !strcmp(arguments.words[0], "verify")) return verify(&work, &arguments);
    if (arguments.count > 0 && !strcmp(arguments.words[0], "show")) return show(&work, &arguments);
    return command_usage("audit", "audit: say verify or show");
}
