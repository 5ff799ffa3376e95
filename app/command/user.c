#include "command/user.h"

#include <stdio.h>
#include <string.h>

#include "account/apply_plan.h"
#include "account/shape.h"
#include "account/state.h"
#include "account/user_object.h"
#include "base/utf8.h"
#include "store/user_store.h"

enum { MATCHES = 64 };

Str user_label(const struct user *user)
{
    static const char *const names[] = {"email", "username", "phone_number"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        Str name = json_str(json_object_get(user->profile, names[i]));
        if (name.n) return name;
    }
    return user->user_id;
}

bool user_is_reason(const char *reason)
{
    Str text = str_trim(str_of(reason));
    return text.n && utf8_is_valid(text) && !utf8_has_forbidden(text, false) && utf8_length(text) <= USER_REASON_MAX;
}

static Str connection_name(const struct work *work, const struct user *user)
{
    const struct connection *connection = directory_connection(&work->portal.directory, user->connection);
    return connection ? connection->source.name : STR("?");
}

static int say_ambiguous(struct work *work, const char *who, const int64_t *accounts, size_t count)
{
    command_fail(EXIT_REFUSED, "%s is the name of %zu accounts; say which with --connection:", who, count);
    for (size_t i = 0; i < count; i++) {
        struct user user;
        if (user_get(work->portal.db, work->command->arena, accounts[i], &user)) continue;
        Str connection = connection_name(work, &user);
        fprintf(stderr, "  --connection %.*s   %.*s\n", STR_ARGS(connection), STR_ARGS(user.user_id));
    }
    return EXIT_REFUSED;
}

static int not_found(const char *who)
{
    return command_fail(EXIT_REFUSED, "no account is known as %s", who);
}

static int find_by_identifier(struct work *work, const char *who, int64_t connection, struct user *out)
{
    int64_t accounts[MATCHES];
    size_t count = 0;
    struct arena *arena = work->command->arena;
    Str key = identifier_key(arena, str_of(who));
    if (!key.n) return not_found(who);
    Error error = users_by_identifier(work->portal.db, arena, key, connection, accounts, MATCHES, &count);
    if (error) return command_fail(command_exit_code(error), "the store cannot be read");
    if (count > 1) return say_ambiguous(work, who, accounts, count);
    if (count == 0 || user_get(work->portal.db, arena, accounts[0], out)) return not_found(who);
    return EXIT_DONE;
}

int user_find(struct work *work, const char *who, struct user *out)
{
    const struct connection *connection = NULL;
    if (work->connection) {
        connection = directory_connection_named(&work->portal.directory, str_of(work->connection));
        if (!connection) return command_fail(EXIT_REFUSED, "there is no connection %s", work->connection);
    }
    if (!strchr(who, '|')) return find_by_identifier(work, who, connection ? connection->id : 0, out);
    Error error = user_get_by_user_id(work->portal.db, work->command->arena, str_of(who), out);
    if (error == ERR_NOT_FOUND || (!error && connection && out->connection != connection->id)) return not_found(who);
    return error ? command_fail(command_exit_code(error), "the store cannot be read") : EXIT_DONE;
}

static void say_refusal(struct work *work, const struct refusal *refusal)
{
    struct arena *arena = work->command->arena;
    Str message = refusal->problem.message ? plan_sentence(arena, refusal->problem) : STR("another account of this connection has it");
    if (refusal->kind == REFUSED_UNKNOWN) message = STR("no such field");
    if (refusal->kind == REFUSED_LOCKED)
        message = arena_print(arena, "locked by the rule: %.*s", STR_ARGS(verdict_rule(arena, refusal->verdict)));
    fprintf(stderr, "%s: %.*s\n", shape_shown(arena, refusal->field).p, STR_ARGS(message));
}

int user_refused(struct work *work, const Commit *commit)
{
    for (const struct refusal *refusal = commit->refusals.first; refusal; refusal = refusal->next) say_refusal(work, refusal);
    return command_fail(EXIT_REFUSED, "nothing was changed");
}

static void print_object(struct work *work, const struct user *user)
{
    json_dumpf(user_object(work->command->arena, &work->portal.directory, user), stdout, JSON_COMPACT);
    putchar('\n');
}

void user_done(struct work *work, const struct user *user, const char *done)
{
    struct text line = {.arena = work->command->arena};
    if (work->command->json) {
        struct user now;
        if (!user_get(work->portal.db, work->command->arena, user->id, &now)) print_object(work, &now);
        return;
    }
    text_print(&line, "%.*s (", STR_ARGS(user->user_id));
    text_add_safe(&line, user_label(user));
    text_print(&line, ") %s\n", done);
    fwrite(line.p, 1, line.n, stdout);
}

static void print_member(struct text *text, const char *key, const json_t *value)
{
    text_print(text, "%-16s ", key);
    if (json_is_string(value)) text_add_safe(text, json_str(value));
    else text_add_safe(text, str_of(json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY)));
    text_add(text, STR("\n"));
}

static void print_memberships(struct work *work, const struct user *user, struct text *text)
{
    struct membership *list = NULL;
    size_t count = 0;
    if (user_memberships(work->portal.db, work->command->arena, &work->portal.directory.fields, user->id, &list, &count)) return;
    for (size_t i = 0; i < count; i++)
        text_print(text, "%-16s %.*s%s%s%s%s%.*s\n", i ? "" : "organizations", STR_ARGS(list[i].rules.organization.name),
                   list[i].rules.home ? ", home" : "", list[i].rules.invited ? ", invited" : "",
                   list[i].rules.suspended ? ", suspended" : "", list[i].roles.n ? ", roles: " : "", STR_ARGS(list[i].roles));
}

/* Whose desk blocked it, and where it belongs though it is no member there: neither is a field. */
static void print_origin(struct work *work, const struct user *user, struct text *text)
{
    Str desk = STR_NONE, origin = STR_NONE;
    if (account_blocked_by(&work->portal, work->command->arena, user, &desk) ||
        account_origin(&work->portal, work->command->arena, user, &origin)) return;
    if (desk.n) text_print(text, "%-16s help desk of %.*s\n", "blocked by", STR_ARGS(desk));
    else if (user->blocked) text_print(text, "%-16s operator\n", "blocked by");
    if (origin.n) text_print(text, "%-16s %.*s\n", "home before", STR_ARGS(origin));
}

int user_show(struct work *work, struct arguments *arguments)
{
    struct user user;
    const char *key;
    json_t *value;
    if (!arguments_are(arguments, 1, 1)) return command_usage("user", "user show: name one account");
    int code = user_find(work, arguments->words[0], &user);
    if (code) return code;
    if (work->command->json) {
        print_object(work, &user);
        return EXIT_DONE;
    }
    struct text text = {.arena = work->command->arena};
    json_t *object = user_object(work->command->arena, &work->portal.directory, &user);
    json_object_foreach(object, key, value) print_member(&text, key, value);
    print_memberships(work, &user, &text);
    print_origin(work, &user, &text);
    text_print(&text, "%-16s %s\n", "password", user.password_hash.p ? "set" : "none");
    fwrite(text.p, 1, text.n, stdout);
    return EXIT_DONE;
}

static const struct {
    const char *name;
    int (*run)(struct work *, struct arguments *);
} acts[] = {
    {"add", user_add}, {"show", user_show}, {"list", user_list}, {"block", user_block}, {"unblock", user_unblock},
    {"password", user_password}, {"verify", user_verify}, {"delete", user_delete},
};

int command_user(struct command *command, int argc, char **argv)
{
    size_t which = 0, count = sizeof acts / sizeof acts[0];
    while (argc > 1 && which < count && strcmp(argv[1], acts[which].name)) which++;
    if (argc < 2 || which == count)
        return command_usage("user", "user: say what to do: add, show, list, block, unblock, password, verify or delete");
    struct arguments arguments = arguments_of(argc - 1, argv + 1);
    struct work work = {.command = command, .connection = argument_value(&arguments, "--connection"),
                        .reason = argument_value(&arguments, "--reason")};
    if (arguments.wrong) return command_usage("user", "user %s: %s needs a value", argv[1], arguments.wrong);
    int code = command_open(command, &work.portal);
    if (code) return code;
    work.visit = command_visit(command);
    code = acts[which].run(&work, &arguments);
    command_close(&work.portal);
    return code;
}
