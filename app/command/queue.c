#include <stdio.h>
#include <string.h>

#include "account/queue.h"
#include "account/shape.h"
#include "base/clock.h"
#include "base/json_memory.h"
#include "command/arguments.h"
#include "command/command.h"

/* What waits to be sent. Links, codes and payloads are never read, so none can be shown. */

enum { PAGE = 200 };

struct queueing {
    struct command *command;
    struct portal portal;
    struct visit visit;
};

static int store_failed(Error error)
{
    return command_fail(command_exit_code(error), "the store could not be read or written; nothing was changed");
}

/* --- list --- */

static void print_line(struct arena *arena, const struct queued *queued)
{
    struct text line = {.arena = arena};
    text_print(&line, "%lld\t%.*s\t%.*s\t", (long long)queued->id, STR_ARGS(queued->state), STR_ARGS(queued->letter));
    text_add_safe(&line, queued->recipient);
    text_print(&line, "\t%lld %s\t", (long long)queued->attempts, queued->attempts == 1 ? "try" : "tries");
    if (str_is(queued->state, "queued")) text_print(&line, "next %.*s", STR_ARGS(clock_iso(arena, queued->due_at)));
    text_print(&line, "\tuntil %.*s\t", STR_ARGS(clock_iso(arena, queued->expires_at)));
    text_add_safe(&line, queued->last_error);
    text_add(&line, STR("\n"));
    fwrite(line.p, 1, line.n, stdout);
}

static void put_text(json_t *object, const char *key, Str text)
{
    json_object_set_new(object, key, json_stringn(text.p ? text.p : "", text.n));
}

static void print_object(struct arena *arena, const struct queued *queued)
{
    json_t *object = json_object();
    json_object_set_new(object, "id", json_integer(queued->id));
    put_text(object, "message_id", queued->message_id);
    put_text(object, "state", queued->state);
    put_text(object, "channel", queued->channel);
    put_text(object, "letter", queued->letter);
    put_text(object, "recipient", queued->recipient);
    json_object_set_new(object, "attempts", json_integer(queued->attempts));
    put_text(object, "created_at", clock_iso(arena, queued->created_at));
    put_text(object, "due_at", clock_iso(arena, queued->due_at));
    put_text(object, "expires_at", clock_iso(arena, queued->expires_at));
    put_text(object, "last_error", queued->last_error);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
}

static Error list_page(struct queueing *queueing, struct arena *arena, bool all, int64_t *after, size_t *count)
{
    struct queued *page = ARENA_ARRAY(arena, struct queued, PAGE);
    Error error = queue_page(&queueing->portal, arena, *after, all, page, PAGE, count);
    for (size_t i = 0; !error && i < *count; i++) {
        if (queueing->command->json) print_object(arena, &page[i]);
        else print_line(arena, &page[i]);
        *after = page[i].id;
    }
    return error;
}

/* Page by page in an arena of its own: a queue of any length is listed in the same memory. */
static int list(struct queueing *queueing, bool all)
{
    int64_t after = 0;
    size_t count = 0;
    Error error;
    struct arena *arena = arena_open(0);
    if (!arena) return command_fail(EXIT_FAULT, "memory is out");
    struct arena *before = json_memory_use(arena);
    do {
        error = list_page(queueing, arena, all, &after, &count);
        arena_wipe(arena);
    } while (!error && count == PAGE);
    json_memory_use(before);
    arena_close(arena);
    return error ? store_failed(error) : EXIT_DONE;
}

/* --- retry, drop --- */

typedef Error (*Act)(struct portal *, const struct visit *, int64_t id);

static void say_done(const struct queueing *queueing, bool drop, int64_t count)
{
    const char *what = drop ? "dropped" : "due";
    if (queueing->command->json) printf("{\"%s\":%lld}\n", what, (long long)count);
    else printf("%lld message%s %s\n", (long long)count, count == 1 ? "" : "s", drop ? "dropped" : "will be tried at once");
}

static int act_on_one(struct queueing *queueing, bool drop, const char *word)
{
    int64_t id;
    if (!str_to_int(str_of(word), &id) || id <= 0) return command_usage("queue", "queue: a message's ID is a number of the list");
    Error error = (drop ? queue_drop : queue_retry)(&queueing->portal, &queueing->visit, id);
    if (error == ERR_NOT_FOUND) return command_fail(EXIT_REFUSED, "no message %lld waits", (long long)id);
    if (error) return store_failed(error);
    say_done(queueing, drop, 1);
    return EXIT_DONE;
}

/* One that is sent meanwhile is no longer there to be acted on, which is fine. */
static Error act_on_page(struct queueing *queueing, Act act, struct arena *arena, int64_t *after, size_t *count, int64_t *done)
{
    struct queued *page = ARENA_ARRAY(arena, struct queued, PAGE);
    struct visit visit = queueing->visit;
    visit.arena = arena;
    Error error = queue_page(&queueing->portal, arena, *after, false, page, PAGE, count);
    for (size_t i = 0; !error && i < *count; i++) {
        error = act(&queueing->portal, &visit, page[i].id);
        if (!error) (*done)++;
        if (error == ERR_NOT_FOUND) error = OK;
        *after = page[i].id;
    }
    return error;
}

static int act_on_all(struct queueing *queueing, bool drop)
{
    int64_t after = 0, done = 0;
    size_t count = 0;
    Error error;
    struct arena *arena = arena_open(0);
    if (!arena) return command_fail(EXIT_FAULT, "memory is out");
    do {
        error = act_on_page(queueing, drop ? queue_drop : queue_retry, arena, &after, &count, &done);
        arena_wipe(arena);
    } while (!error && count == PAGE);
    arena_close(arena);
    if (error) return command_fail(command_exit_code(error), "the store could not be written after %lld messages", (long long)done);
    say_done(queueing, drop, done);
    return EXIT_DONE;
}

/* --- */

static int run(struct queueing *queueing, const char *what, const char *id, bool all)
{
    if (!strcmp(what, "list")) return list(queueing, all);
    bool drop = !strcmp(what, "drop");
    return id ? act_on_one(queueing, drop, id) : act_on_all(queueing, drop);
}

static const char *flaw(const char *what, const char *id, bool all)
{
    if (!strcmp(what, "list")) return id ? "queue list takes no ID" : NULL;
    if (!strcmp(what, "retry")) return all ? "queue retry without an ID means all of them" : NULL;
    if (strcmp(what, "drop")) return "queue: say list, retry or drop";
    return !id == !all ? "queue drop: name one message, or say --all" : NULL;
}

int command_queue(struct command *command, int argc, char **argv)
{
    struct arguments arguments = arguments_of(argc, argv);
    struct queueing queueing = {.command = command};
    bool all = argument_flag(&arguments, "--all");
    if (!arguments_are(&arguments, 1, 2)) return command_usage("queue", "queue: say list, retry or drop");
    const char *what = arguments.words[0], *id = arguments.count > 1 ? arguments.words[1] : NULL;
    const char *wrong = flaw(what, id, all);
    if (wrong) return command_usage("queue", "%s", wrong);
    int code = command_open(command, &queueing.portal);
    if (code) return code;
    queueing.visit = command_visit(command);
    code = run(&queueing, what, id, all);
    command_close(&queueing.portal);
    return code;
}
