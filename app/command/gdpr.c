/* What the law lets people ask of the operator: a report of all that is held, erasure, a hold. */
#include <stdio.h>
#include <string.h>

#include "account/erase.h"
#include "account/held.h"
#include "account/shape.h"
#include "account/state.h"
#include "base/clock.h"
#include "command/prompt.h"
#include "command/user.h"

enum { LINE_MAX = 300, PAGE = 200 };

static int store_failed(Error error)
{
    return command_fail(command_exit_code(error), "the store could not be read or written; nothing was changed");
}

/* --- report --- */

static void print_member(struct text *text, const char *indent, const char *key, const json_t *value)
{
    bool empty = json_is_null(value) || (json_is_string(value) && json_string_length(value) == 0);
    bool time = json_is_integer(value) && (strstr(key, "_at") || strcmp(key, "at") == 0);
    if (empty || (time && json_integer_value(value) == 0)) return;
    text_print(text, "%s%-16s ", indent, key);
    if (time) text_add(text, clock_iso(text->arena, json_integer_value(value)));
    else if (json_is_string(value)) text_add_safe(text, (Str){json_string_value(value), json_string_length(value)});
    else text_add_safe(text, str_of(json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY)));
    text_add(text, STR("\n"));
}

static void print_object(struct text *text, const char *indent, const json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value) print_member(text, indent, key, value);
}

static void print_report(struct arena *arena, const json_t *report)
{
    const char *table;
    json_t *list, *row;
    size_t i;
    struct text text = {.arena = arena};
    json_object_foreach((json_t *)(uintptr_t)report, table, list) {
        bool single = json_is_object(list);
        if (single) text_print(&text, "%s\n", table);
        else text_print(&text, "\n%s: %zu\n", table, json_array_size(list));
        if (single) print_object(&text, "  ", list);
        json_array_foreach(list, i, row) {
            print_object(&text, "  ", row);
            if (i + 1 < json_array_size(list)) text_add(&text, STR("  -\n"));
        }
    }
    fwrite(text.p, 1, text.n, stdout);
}

static Str report_words(struct work *work, const json_t *held)
{
    const char *table;
    json_t *list;
    size_t rows = 0;
    json_object_foreach((json_t *)(uintptr_t)held, table, list) rows += json_is_array(list) ? json_array_size(list) : 1;
    return arena_print(work->command->arena, "all that is held: %zu rows", rows);
}

/* Nothing is printed of which the audit does not say who saw it. */
static int report(struct work *work, struct arguments *arguments)
{
    struct user user;
    json_t *held;
    if (!arguments_are(arguments, 1, 1)) return command_usage("gdpr", "gdpr report: name one account");
    int code = user_find(work, arguments->words[0], &user);
    if (code) return code;
    Error error = held_report(&work->portal, work->command->arena, &user, &held);
    if (!error) error = account_audit(&work->portal, &work->visit, ACTOR_OPERATOR, &user, "account.report", report_words(work, held));
    if (error) return store_failed(error);
    if (work->command->json) {
        json_dumpf(held, stdout, JSON_INDENT(2));
        putchar('\n');
    } else {
        print_report(work->command->arena, held);
    }
    return EXIT_DONE;
}

/* --- erase --- */

static int confirm(struct work *work, const struct user *user, bool now)
{
    struct arena *arena = work->command->arena;
    Str typed = STR_NONE, label = user_label(user);
    if (!prompt_is_possible()) return command_usage("gdpr", "gdpr erase: say --yes where nobody can be asked");
    struct text question = {.arena = arena};
    text_add(&question, now ? STR("This cannot be undone. Type ") : STR("Until the time of grace is over the person can keep it. Type "));
    text_add_safe(&question, label);
    text_add(&question, STR(" to delete the account: "));
    Error error = prompt_line(arena, text_str(&question).p, false, LINE_MAX, &typed);
    if (error || !str_eq(str_trim(typed), label)) return command_fail(EXIT_REFUSED, "that was something else; nothing was changed");
    return EXIT_DONE;
}

int user_say_obstacle(const Deletion *obstacle)
{
    if (obstacle->outcome == DELETION_HOLD)
        return command_fail(EXIT_REFUSED, "the account is under legal hold: latchkey gdpr release; nothing was changed");
    return command_fail(EXIT_REFUSED, "%.*s would be left without an administrator: give that role to somebody else first; nothing was changed",
                        STR_ARGS(obstacle->organization));
}

/* What else is due is the courier's, but what is left of this one should not wait for it. */
static int erase_at_once(struct work *work, const struct user *user)
{
    Deletion obstacle;
    bool done = false;
    Error error = erase_now(&work->portal, &work->visit, ACTOR_OPERATOR, user, &obstacle, &done);
    if (error) return store_failed(error);
    if (!done) return user_say_obstacle(&obstacle);
    for (bool more = true; !error && more;) error = erase_step(&work->portal, &work->visit, &more);
    printf("%.*s is erased%s\n", STR_ARGS(user->user_id), error ? "; the running program takes its names out of the audit" : "");
    return EXIT_DONE;
}

static int schedule(struct work *work, const struct user *user)
{
    Deletion out;
    struct arena *arena = work->command->arena;
    Error error = deletion_schedule(&work->portal, &work->visit, ACTOR_OPERATOR, user, str_trim(str_of(work->reason)), &out);
    if (error) return store_failed(error);
    if (out.outcome == DELETION_HOLD || out.outcome == DELETION_ADMINISTRATOR) return user_say_obstacle(&out);
    Str date = clock_iso(arena, out.at);
    printf("%.*s %s on %.*s\n", STR_ARGS(user->user_id),
           out.outcome == DELETION_SCHEDULED ? "is signed out everywhere, and erased" : "was scheduled already, and is erased", STR_ARGS(date));
    return EXIT_DONE;
}

static int erase(struct work *work, struct arguments *arguments)
{
    struct user user;
    bool sure = argument_flag(arguments, "--yes"), now = argument_flag(arguments, "--now");
    if (!arguments_are(arguments, 1, 1)) return command_usage("gdpr", "gdpr erase: name one account");
    if (!user_is_reason(work->reason)) return command_usage("gdpr", "gdpr erase: --reason TEXT says why, in up to %d characters", USER_REASON_MAX);
    int code = user_find(work, arguments->words[0], &user);
    if (!code && !sure) code = confirm(work, &user, now);
    if (code) return code;
    work->visit.reason = str_trim(str_of(work->reason));
    return now ? erase_at_once(work, &user) : schedule(work, &user);
}

/* --- list --- */

struct counts {
    int64_t open, overdue, held, soon;
};

static void count(struct counts *counts, int64_t now, int64_t due, bool held)
{
    counts->open++;
    counts->held += held;
    counts->overdue += due <= now;
    counts->soon += due > now && due <= now + 3 * 86400;
}

static json_t *request_of(const struct rows *rows)
{
    json_t *object = json_object();
    Str user_id = row_text(rows, 1), asked_by = row_text(rows, 4);
    json_object_set_new(object, "user_id", json_stringn(user_id.p, user_id.n));
    json_object_set_new(object, "due_at", json_integer(row_int(rows, 2)));
    json_object_set_new(object, "asked_by", asked_by.p ? json_stringn(asked_by.p, asked_by.n) : json_null());
    json_object_set_new(object, "asked_at", json_integer(row_int(rows, 5)));
    json_object_set_new(object, "reminded_at", json_integer(row_int(rows, 6)));
    json_object_set_new(object, "legal_hold", json_boolean(!row_is_null(rows, 3)));
    return object;
}

static void print_request(struct arena *arena, const struct rows *rows)
{
    struct text line = {.arena = arena};
    text_add(&line, clock_iso(arena, row_int(rows, 2)));
    text_add(&line, STR("\t"));
    text_add_safe(&line, row_text(rows, 1));
    text_print(&line, "\t%.*s\t%s", STR_ARGS(row_text(rows, 4)), row_is_null(rows, 3) ? "" : "legal hold");
    text_add(&line, STR("\n"));
    fwrite(line.p, 1, line.n, stdout);
}

struct listing {
    struct work *work;
    struct counts counts;
    json_t *requests;             /* --json */
    int64_t after_at, after;
};

static Error list_page(struct listing *listing, size_t *found)
{
    struct rows rows;
    *found = 0;
    Error error = db_select(listing->work->portal.db, STMT_deletion_list,
                            DB_ARGS(db_int(listing->after_at), db_int(listing->after), db_int(PAGE)), &rows);
    if (error) return error;
    for (; row_next(&rows); ++*found) {
        listing->after = row_int(&rows, 0);
        listing->after_at = row_int(&rows, 2);
        count(&listing->counts, listing->work->visit.now, listing->after_at, !row_is_null(&rows, 3));
        if (listing->requests) json_array_append_new(listing->requests, request_of(&rows));
        else print_request(listing->work->command->arena, &rows);
    }
    return rows_end(&rows);
}

static int list(struct work *work, struct arguments *arguments)
{
    size_t found = PAGE;
    Error error = OK;
    struct listing listing = {.work = work, .requests = work->command->json ? json_array() : NULL};
    if (!arguments_are(arguments, 0, 0)) return command_usage("gdpr", "gdpr list: only --json is understood");
    while (!error && found == PAGE) error = list_page(&listing, &found);
    if (error) return store_failed(error);
    const struct counts *counts = &listing.counts;
    if (!listing.requests) {
        printf("%lld open, %lld within three days, %lld due, %lld under legal hold\n", (long long)counts->open, (long long)counts->soon,
               (long long)counts->overdue, (long long)counts->held);
        return EXIT_DONE;
    }
    json_dumpf(json_pack("{s:I,s:I,s:I,s:I,s:o}", "open", (json_int_t)counts->open, "soon", (json_int_t)counts->soon, "due",
                         (json_int_t)counts->overdue, "legal_hold", (json_int_t)counts->held, "requests", listing.requests),
               stdout, JSON_COMPACT);
    putchar('\n');
    return EXIT_DONE;
}

/* --- hold --- */

static int set_hold(struct work *work, struct arguments *arguments, bool hold)
{
    struct user user;
    if (!arguments_are(arguments, 1, 1)) return command_usage("gdpr", "gdpr %s: name one account", hold ? "hold" : "release");
    if (!user_is_reason(work->reason))
        return command_usage("gdpr", "gdpr %s: --reason TEXT says why, in up to %d characters", hold ? "hold" : "release", USER_REASON_MAX);
    int code = user_find(work, arguments->words[0], &user);
    if (code) return code;
    Str reason = str_trim(str_of(work->reason));
    Error error = deletion_hold(&work->portal, &work->visit, &user, hold ? reason : STR_NONE, reason);
    if (error) return store_failed(error);
    user_done(work, &user, hold ? "is under legal hold and cannot be deleted" : "is not under legal hold any more");
    return EXIT_DONE;
}

static int hold(struct work *work, struct arguments *arguments)
{
    return set_hold(work, arguments, true);
}

static int release(struct work *work, struct arguments *arguments)
{
    return set_hold(work, arguments, false);
}

static const struct {
    const char *name;
    int (*run)(struct work *, struct arguments *);
} acts[] = {{"report", report}, {"erase", erase}, {"list", list}, {"hold", hold}, {"release", release}};

int command_gdpr(struct command *command, int argc, char **argv)
{
    size_t which = 0, known = sizeof acts / sizeof *acts;
    while (argc > 1 && which < known && strcmp(argv[1], acts[which].name)) which++;
    if (argc < 2 || which == known) return command_usage("gdpr", "gdpr: say what to do: report, erase, list, hold or release");
    struct arguments arguments = arguments_of(argc - 1, argv + 1);
    struct work work = {.command = command, .connection = argument_value(&arguments, "--connection"),
                        .reason = argument_value(&arguments, "--reason")};
    if (arguments.wrong) return command_usage("gdpr", "gdpr %s: %s needs a value", argv[1], arguments.wrong);
    int code = command_open(command, &work.portal);
    if (code) return code;
    work.visit = command_visit(command);
    code = acts[which].run(&work, &arguments);
    command_close(&work.portal);
    return code;
}
