#include "command/user.h"

#include <stdio.h>

#include "account/erase.h"
#include "account/password_policy.h"
#include "account/shape.h"
#include "account/state.h"
#include "account/user_object.h"
#include "base/json_memory.h"
#include "command/prompt.h"
#include "store/user_store.h"
#include "view/catalog.h"

enum { ADDRESS_MAX = 300, PAGE = 200 };

static int store_failed(Error error)
{
    return command_fail(command_exit_code(error), "the store could not be written; nothing was changed");
}

static int set_blocked(struct work *work, struct arguments *arguments, bool blocked)
{
    struct user user;
    if (!arguments_are(arguments, 1, 1)) return command_usage("user", "user %s: name one account", blocked ? "block" : "unblock");
    int code = user_find(work, arguments->words[0], &user);
    if (code) return code;
    Error error = account_block(&work->portal, &work->visit, ACTOR_OPERATOR, &user, blocked, str_of(work->reason));
    if (error) return store_failed(error);
    if (blocked && user.blocked_by) user_done(work, &user, "is blocked by the operator from now on, no more by a help desk");
    else if (user.blocked == blocked) user_done(work, &user, blocked ? "was blocked already" : "was not blocked");
    else user_done(work, &user, blocked ? "is blocked; its sessions have ended" : "can sign in again");
    return EXIT_DONE;
}

int user_block(struct work *work, struct arguments *arguments)
{
    return set_blocked(work, arguments, true);
}

int user_unblock(struct work *work, struct arguments *arguments)
{
    return set_blocked(work, arguments, false);
}

static int ask_password(struct arena *arena, Str *out)
{
    Error error = prompt_password(arena, "New password: ", out);
    if (error == ERR_CONFLICT) return command_fail(EXIT_REFUSED, "the two passwords differ; nothing was changed");
    if (error == ERR_NOT_FOUND || (!error && !out->n)) return command_fail(EXIT_REFUSED, "there was no password to read");
    if (error) return command_fail(EXIT_REFUSED, "a password has at most 1024 bytes and no NUL in it");
    return EXIT_DONE;
}

/* Earlier passwords are not looked at: what sets the same one twice is a script, and nobody's habit. */
static int check_password(struct work *work, const struct user *user, Str password)
{
    struct password_reason reasons[PASSWORD_REASONS];
    struct arena *arena = work->command->arena;
    size_t count = 0;
    if (password_policy_look(&work->portal, &work->visit, user, password, reasons, &count))
        return command_fail(EXIT_FAULT, "the store cannot be read");
    for (size_t i = 0; i < count; i++) {
        Str limit = arena_print(arena, "%lld", (long long)reasons[i].limit);
        Str words = catalog_fill(arena, str_of(reasons[i].message), "LIMIT", limit, NULL);
        (void)command_fail(EXIT_REFUSED, "password: %.*s", STR_ARGS(words));
    }
    return count ? command_fail(EXIT_REFUSED, "nothing was changed") : EXIT_DONE;
}

static int hash_password(struct work *work, const struct user *user, Str *hash)
{
    Str password = STR_NONE;
    int code = ask_password(work->command->arena, &password);
    if (!code) code = check_password(work, user, password);
    if (code) return code;
    if (hashing_make(&work->portal.hashing, work->command->arena, password, hash))
        return command_fail(EXIT_FAULT, "there is not enough memory to hash a password");
    return EXIT_DONE;
}

int user_password(struct work *work, struct arguments *arguments)
{
    struct user user;
    Str hash = STR_NONE;
    if (!arguments_are(arguments, 1, 1)) return command_usage("user", "user password: name one account; the password is asked for");
    int code = user_find(work, arguments->words[0], &user);
    if (!code) code = hash_password(work, &user, &hash);
    if (code) return code;
    Error error = account_set_password(&work->portal, &work->visit, ACTOR_OPERATOR, &user, hash);
    if (error) return store_failed(error);
    user_done(work, &user, "has a new password; its sessions have ended");
    return EXIT_DONE;
}

static int verify(struct work *work, const struct user *user, const char *address, const char *flag)
{
    struct change change;
    Commit commit;
    if (!json_object_get(user->profile, address)) return command_fail(EXIT_REFUSED, "this account has no %s to verify", address);
    change_init(&change, work->command->arena, ACTOR_OPERATOR);
    change_put(&change, str_of(flag), json_true());
    Error error = account_commit(&work->portal, &work->visit, user->id, user->version, &change, &commit);
    if (error) return store_failed(error);
    if (commit.outcome != COMMIT_DONE && commit.outcome != COMMIT_UNCHANGED) return user_refused(work, &commit);
    user_done(work, user, commit.outcome == COMMIT_DONE ? "is verified" : "was verified already");
    return EXIT_DONE;
}

int user_verify(struct work *work, struct arguments *arguments)
{
    struct user user;
    bool right = arguments_are(arguments, 1, 2);
    const char *address = right && arguments->count == 2 ? arguments->words[1] : "email";
    bool phone = str_is(str_of(address), "phone_number");
    if (!right || (!phone && !str_is(str_of(address), "email")))
        return command_usage("user", "user verify: name one account, and email or phone_number");
    int code = user_find(work, arguments->words[0], &user);
    return code ? code : verify(work, &user, address, phone ? "phone_verified" : "email_verified");
}

static int confirm(struct work *work, const struct user *user)
{
    struct arena *arena = work->command->arena;
    Str typed = STR_NONE, label = user_label(user);
    if (!prompt_is_possible()) return command_usage("user", "user delete: say --yes where nobody can be asked");
    struct text question = {.arena = arena};
    text_add(&question, STR("This cannot be undone. Type "));
    text_add_safe(&question, label);
    text_add(&question, STR(" to delete the account: "));
    Error error = prompt_line(arena, text_str(&question).p, false, ADDRESS_MAX, &typed);
    if (error || !str_eq(str_trim(typed), label)) return command_fail(EXIT_REFUSED, "that was something else; nothing was changed");
    return EXIT_DONE;
}

int user_delete(struct work *work, struct arguments *arguments)
{
    struct user user;
    bool sure = argument_flag(arguments, "--yes");
    if (!arguments_are(arguments, 1, 1)) return command_usage("user", "user delete: name one account");
    if (work->reason && !user_is_reason(work->reason))
        return command_usage("user", "user delete: --reason TEXT says why, in up to %d characters", USER_REASON_MAX);
    int code = user_find(work, arguments->words[0], &user);
    if (!code && !sure) code = confirm(work, &user);
    if (code) return code;
    work->visit.reason = str_trim(str_of(work->reason));
    Deletion obstacle;
    bool done = false;
    Error error = erase_now(&work->portal, &work->visit, ACTOR_OPERATOR, &user, &obstacle, &done);
    if (error) return store_failed(error);
    if (!done) return user_say_obstacle(&obstacle);
    for (bool more = true; !error && more;) error = erase_step(&work->portal, &work->visit, &more);
    user_done(work, &user, "is deleted");
    return EXIT_DONE;
}

/* --email, --username and --set FIELD=VALUE as a change. */
static bool read_fields(struct work *work, struct arguments *arguments, struct change *change)
{
    static const char *const options[] = {"--email", "--username"};
    static const char *const names[] = {"email", "username"};
    for (size_t i = 0; i < 2; i++) {
        const char *value = argument_value(arguments, options[i]);
        if (value) change_put_text(change, str_of(names[i]), str_of(value));
    }
    const char *set;
    while ((set = argument_value(arguments, "--set"))) {
        Str value = str_of(set), field = str_cut(&value, '=');
        if (!value.p) {
            arguments->wrong = set;
            return false;
        }
        change_put_text(change, arena_copy(work->command->arena, field), value);
    }
    return !arguments->wrong;
}

static Error create(struct work *work, const struct connection *connection, const struct change *change, Str hash, Commit *commit)
{
    Error error = account_create(&work->portal, &work->visit, connection, STR_NONE, change, commit);
    if (error || commit->outcome != COMMIT_DONE || !hash.p) return error;
    return account_set_password(&work->portal, &work->visit, ACTOR_OPERATOR, &commit->user, hash);
}

static int add(struct work *work, const struct connection *connection, const struct change *change, Str hash)
{
    Commit commit = {.outcome = COMMIT_REFUSED};
    Error error = db_begin(work->portal.db);
    if (!error) error = create(work, connection, change, hash, &commit);
    if (!error && commit.outcome == COMMIT_DONE) error = db_commit(work->portal.db);
    db_rollback(work->portal.db);
    if (error) return store_failed(error);
    if (commit.outcome != COMMIT_DONE) return user_refused(work, &commit);
    if (work->command->json) user_done(work, &commit.user, "");
    else printf("%.*s\n", STR_ARGS(commit.user.user_id));
    return EXIT_DONE;
}

/* What the password of an account that is still to be made must not be made of. */
static struct user user_planned(const struct connection *connection, const struct change *change)
{
    struct user user = {.connection = connection->id, .profile = json_object()};
    for (size_t i = 0; i < change->count; i++)
        json_object_setn(user.profile, change->items[i].field.p, change->items[i].field.n, change->items[i].value);
    return user;
}

int user_add(struct work *work, struct arguments *arguments)
{
    struct change change;
    Str hash = STR_NONE;
    bool with_password = argument_flag(arguments, "--password-stdin");
    change_init(&change, work->command->arena, ACTOR_OPERATOR);
    if (!read_fields(work, arguments, &change) || !arguments_are(arguments, 0, 0) || !work->connection || !change.count)
        return command_usage("user", "user add: --connection NAME and --email, --username or --set FIELD=VALUE are needed");
    const struct connection *connection = directory_connection_named(&work->portal.directory, str_of(work->connection));
    if (!connection) return command_fail(EXIT_REFUSED, "there is no connection %s", work->connection);
    struct user planned = user_planned(connection, &change);
    int code = with_password ? hash_password(work, &planned, &hash) : EXIT_DONE;
    return code ? code : add(work, connection, &change, hash);
}

static void list_line(struct work *work, struct arena *arena, const struct user *user)
{
    const struct connection *connection = directory_connection(&work->portal.directory, user->connection);
    struct text line = {.arena = arena};
    if (work->connection && (!connection || !str_is(connection->source.name, work->connection))) return;
    text_print(&line, "%.*s\t%.*s\t", STR_ARGS(user->user_id), STR_ARGS(connection ? connection->source.name : STR_NONE));
    text_add_safe(&line, user_label(user));
    text_add(&line, user->blocked ? STR("\tblocked\n") : STR("\n"));
    fwrite(line.p, 1, line.n, stdout);
}

static void list_object(struct work *work, struct arena *arena, const struct user *user)
{
    const struct connection *connection = directory_connection(&work->portal.directory, user->connection);
    if (work->connection && (!connection || !str_is(connection->source.name, work->connection))) return;
    json_dumpf(user_object(arena, &work->portal.directory, user), stdout, JSON_COMPACT);
    putchar('\n');
}

static Error list_page(struct work *work, struct arena *arena, int64_t *after, size_t *count)
{
    struct user *users = ARENA_ARRAY(arena, struct user, PAGE);
    Error error = user_page(work->portal.db, arena, *after, users, PAGE, count);
    if (error) return error;
    for (size_t i = 0; i < *count; i++)
        if (work->command->json) list_object(work, arena, &users[i]);
        else list_line(work, arena, &users[i]);
    if (*count) *after = users[*count - 1].id;
    return OK;
}

/* Page by page in an arena of its own: a store of any size is listed in the same memory. */
int user_list(struct work *work, struct arguments *arguments)
{
    int64_t after = 0;
    size_t count = 0;
    Error error;
    if (!arguments_are(arguments, 0, 0)) return command_usage("user", "user list: only --connection and --json are understood");
    struct arena *arena = arena_open(0);
    if (!arena) return command_fail(EXIT_FAULT, "memory is out");
    struct arena *before = json_memory_use(arena);
    do {
        error = list_page(work, arena, &after, &count);
        arena_wipe(arena);
    } while (!error && count == PAGE);
    json_memory_use(before);
    arena_close(arena);
    return error ? command_fail(command_exit_code(error), "the store cannot be read") : EXIT_DONE;
}
