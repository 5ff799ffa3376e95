/* One organization at a time, without a whole file for apply. */
#include "command/organization.h"

#include <stdio.h>
#include <string.h>

#include "account/member.h"
#include "account/organization.h"
#include "account/shape.h"
#include "base/json_memory.h"
#include "command/prompt.h"

enum { PAGE = 200, ANSWER_MAX = 300 };

static void print_json(json_t *object)
{
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
}

static void put_text(json_t *object, const char *key, Str text)
{
    json_object_set_new(object, key, json_stringn(text.p ? text.p : "", text.n));
}

static void print_line(struct arena *arena, const Str *texts, size_t count)
{
    struct text line = {.arena = arena};
    for (size_t i = 0; i < count; i++) {
        if (i) text_add(&line, STR("\t"));
        text_add_safe(&line, texts[i]);
    }
    text_add(&line, STR("\n"));
    fwrite(line.p, 1, line.n, stdout);
}

static int no_such(Str name)
{
    return command_fail(EXIT_REFUSED, "there is no organization %.*s", STR_ARGS(name));
}

static int unreadable(void)
{
    return command_fail(EXIT_FAULT, "the store cannot be read");
}

/* --- list --- */

static void list_one(struct work *work, struct arena *arena, const struct organization *each)
{
    Str members = arena_print(arena, "%lld", (long long)each->members);
    if (!work->command->json) {
        print_line(arena, (const Str[]){each->name, each->display_name, members}, 3);
        return;
    }
    json_t *object = json_object();
    put_text(object, "name", each->name);
    put_text(object, "display_name", each->display_name);
    json_object_set_new(object, "members", json_integer(each->members));
    print_json(object);
}

/* Page by page in an arena of its own: any number of them is listed in the same memory. */
static Error list_page(struct work *work, struct arena *arena, char after[64], size_t *count)
{
    struct organization *list = ARENA_ARRAY(arena, struct organization, PAGE);
    Error error = organization_page(&work->portal, arena, str_of(after), list, PAGE, count);
    for (size_t i = 0; !error && i < *count; i++) list_one(work, arena, &list[i]);
    if (!error && *count) snprintf(after, 64, "%.*s", STR_ARGS(list[*count - 1].name));
    return error;
}

static int list_all(struct work *work, struct arguments *arguments)
{
    char after[64] = "";
    size_t count;
    Error error;
    if (!arguments_are(arguments, 0, 0)) return command_usage("organization", "organization list: only --json is understood");
    struct arena *arena = arena_open(0);
    if (!arena) return command_fail(EXIT_FAULT, "memory is out");
    struct arena *before = json_memory_use(arena);
    do {
        error = list_page(work, arena, after, &count);
        arena_wipe(arena);
    } while (!error && count == PAGE);
    json_memory_use(before);
    arena_close(arena);
    return error ? unreadable() : EXIT_DONE;
}

/* --- show --- */

static void show_counts(const struct organization *organization)
{
    printf("%-16s %lld\n%-16s %lld pending\n%-16s %lld pending\n%-16s %lld\n", "members", (long long)organization->members, "invitations",
           (long long)organization->invitations, "requests", (long long)organization->requests, "own roles",
           (long long)organization->roles);
}

static void show_text(struct work *work, const struct organization *organization)
{
    const char *key;
    json_t *value;
    struct text text = {.arena = work->command->arena};
    json_object_foreach(organization->object, key, value) {
        text_print(&text, "%-16s ", key);
        if (json_is_string(value)) text_add_safe(&text, json_str(value));
        else text_add_safe(&text, str_of(json_dumps(value, JSON_COMPACT)));
        text_add(&text, STR("\n"));
    }
    fwrite(text.p, 1, text.n, stdout);
    show_counts(organization);
}

static int show(struct work *work, struct arguments *arguments)
{
    struct organization organization;
    if (!arguments_are(arguments, 1, 1)) return command_usage("organization", "organization show: name one organization");
    Str name = str_of(arguments->words[0]);
    Error error = organization_read(&work->portal, &work->visit, name, &organization);
    if (error) return error == ERR_NOT_FOUND ? no_such(name) : unreadable();
    if (work->command->json) print_json(organization.object);
    else show_text(work, &organization);
    return EXIT_DONE;
}

/* --- members --- */

static void list_member(struct work *work, struct arena *arena, const struct listed_member *member)
{
    Str label = member->email.n ? member->email : member->name;
    if (!work->command->json) {
        print_line(arena, (const Str[]){member->user_id, label, member->roles, member->state}, 4);
        return;
    }
    json_t *object = json_object();
    put_text(object, "user_id", member->user_id);
    put_text(object, "name", member->name);
    put_text(object, "email", member->email);
    put_text(object, "roles", member->roles);
    put_text(object, "state", member->state);
    print_json(object);
}

/* As the organization's own desk sees them. */
static Error members_page(struct work *work, struct arena *arena, const struct desk *desk, struct text *after, bool *more)
{
    struct member_list list;
    struct member_query query = {.q = STR(""), .role = STR(""), .state = STR(""), .connection = STR(""), .page = 1,
                                 .after = arena_copy(arena, (Str){after->p ? after->p : "", after->n})};
    Error error = member_list_read(&work->portal, arena, desk, &query, &list);
    if (error) return error;
    for (size_t i = 0; i < list.count; i++) list_member(work, arena, &list.members[i]);
    *more = list.more;
    after->n = 0;
    if (list.more) text_add(after, list.next);
    return OK;
}

static int list_members(struct work *work, struct arguments *arguments)
{
    struct organization organization;
    struct text after = {.arena = work->command->arena};
    bool more = false;
    if (!arguments_are(arguments, 1, 1)) return command_usage("organization", "organization members: name one organization");
    Str name = str_of(arguments->words[0]);
    Error error = organization_read(&work->portal, &work->visit, name, &organization);
    if (error) return error == ERR_NOT_FOUND ? no_such(name) : unreadable();
    const struct desk desk = {.organization = organization.id, .name = organization.name, .display_name = organization.display_name};
    struct arena *arena = arena_open(0);
    if (!arena) return command_fail(EXIT_FAULT, "memory is out");
    struct arena *before = json_memory_use(arena);
    do {
        error = members_page(work, arena, &desk, &after, &more);
        arena_wipe(arena);
    } while (!error && more);
    json_memory_use(before);
    arena_close(arena);
    return error ? unreadable() : EXIT_DONE;
}

/* --- add and set --- */

static bool add_json(struct arguments *arguments, json_t *entry, const char *pair)
{
    Str value = str_of(pair), key = str_cut(&value, '=');
    json_t *parsed = value.p ? json_loadb(value.p, value.n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (!parsed) arguments->wrong = pair;
    else json_object_setn_new(entry, key.p, key.n, parsed);
    return parsed != NULL;
}

/* --display-name, --support-email, --connection (each) and --set KEY=JSON as an entry of a file for apply. */
static bool read_entry(struct arguments *arguments, json_t *entry)
{
    const char *display_name = argument_value(arguments, "--display-name"), *support = argument_value(arguments, "--support-email");
    const char *value;
    json_t *connections = json_array();
    if (display_name) json_object_set_new(entry, "display_name", json_string(display_name));
    if (support) json_object_set_new(entry, "support_email", json_string(support));
    while ((value = argument_value(arguments, "--connection"))) json_array_append_new(connections, json_string(value));
    if (json_array_size(connections)) json_object_set(entry, "connections", connections);
    while ((value = argument_value(arguments, "--set")))
        if (!add_json(arguments, entry, value)) return false;
    return true;
}

static int refused(Error error, Str name, const struct problems *problems)
{
    if (error == ERR_CONFLICT) return command_fail(EXIT_REFUSED, "there is an organization %.*s already; nothing was changed", STR_ARGS(name));
    if (error == ERR_NOT_FOUND) return no_such(name);
    if (!problems->count) return command_fail(command_exit_code(error), "the store could not be written; nothing was changed");
    command_problems(problems);
    return command_fail(EXIT_REFUSED, "%zu problem%s; nothing was changed", problems->count, problems->count == 1 ? "" : "s");
}

static int put(struct work *work, struct arguments *arguments, bool is_new)
{
    json_t *entry = json_object();
    Applied applied;
    struct problems problems = {.arena = work->command->arena};
    bool readable = read_entry(arguments, entry);
    if (arguments->wrong && readable) return command_usage("organization", "organization: %s needs a value", arguments->wrong);
    if (!readable || !arguments_are(arguments, 1, 1) || (!is_new && !json_object_size(entry)))
        return command_usage("organization", "organization %s: name one organization, and what it shall have; what follows --set is KEY=JSON",
                             is_new ? "add" : "set");
    Str name = str_of(arguments->words[0]);
    json_object_set_new(entry, "name", json_stringn(name.p, name.n));
    Error error = organization_put(&work->portal, &work->visit, entry, is_new, &problems, &applied);
    if (error) return refused(error, name, &problems);
    if (work->command->json) {
        struct organization now;
        if (!organization_read(&work->portal, &work->visit, name, &now)) print_json(now.object);
    } else if (applied.lines.n) {
        fwrite(applied.lines.p, 1, applied.lines.n, stdout);
    } else {
        puts("no changes");
    }
    return EXIT_DONE;
}

/* --- delete --- */

static Str what_goes(struct arena *arena, const struct organization *organization)
{
    return arena_print(arena, "%lld membership%s, %lld pending invitation%s, %lld pending request%s, %lld role%s of its own",
                       (long long)organization->members, organization->members == 1 ? "" : "s", (long long)organization->invitations,
                       organization->invitations == 1 ? "" : "s", (long long)organization->requests, organization->requests == 1 ? "" : "s",
                       (long long)organization->roles, organization->roles == 1 ? "" : "s");
}

static int confirm(struct work *work, const struct organization *organization)
{
    struct arena *arena = work->command->arena;
    Str typed = STR_NONE, goes = what_goes(arena, organization);
    if (!prompt_is_possible())
        return command_usage("organization", "organization delete: would take away %.*s; accounts stay. Say --yes where nobody can be asked",
                             STR_ARGS(goes));
    Str question = arena_print(arena, "This takes away %.*s. Accounts stay. The name is not given again, and nothing can be undone.\n"
                                      "Type %.*s to delete the organization: ", STR_ARGS(goes), STR_ARGS(organization->name));
    Error error = prompt_line(arena, question.p, false, ANSWER_MAX, &typed);
    if (error || !str_eq(str_trim(typed), organization->name))
        return command_fail(EXIT_REFUSED, "that was something else; nothing was changed");
    return EXIT_DONE;
}

static void report(struct work *work, const struct organization *gone)
{
    if (!work->command->json) {
        Str goes = what_goes(work->command->arena, gone);
        printf("%.*s is deleted: %.*s; no account\n", STR_ARGS(gone->name), STR_ARGS(goes));
        return;
    }
    json_t *object = json_object();
    put_text(object, "deleted", gone->name);
    json_object_set_new(object, "members", json_integer(gone->members));
    json_object_set_new(object, "invitations", json_integer(gone->invitations));
    json_object_set_new(object, "requests", json_integer(gone->requests));
    json_object_set_new(object, "roles", json_integer(gone->roles));
    print_json(object);
}

static int delete(struct work *work, struct arguments *arguments)
{
    struct organization organization;
    bool sure = argument_flag(arguments, "--yes");
    if (!arguments_are(arguments, 1, 1)) return command_usage("organization", "organization delete: name one organization");
    Str name = str_of(arguments->words[0]);
    Error error = organization_read(&work->portal, &work->visit, name, &organization);
    if (error) return error == ERR_NOT_FOUND ? no_such(name) : unreadable();
    int code = sure ? EXIT_DONE : confirm(work, &organization);
    if (code) return code;
    error = organization_delete(&work->portal, &work->visit, name, str_of(work->reason), &organization);
    if (error) return refused(error, name, &(struct problems){0});
    report(work, &organization);
    return EXIT_DONE;
}

/* --- the command --- */

static int add(struct work *work, struct arguments *arguments)
{
    return put(work, arguments, true);
}

static int set(struct work *work, struct arguments *arguments)
{
    return put(work, arguments, false);
}

static const struct {
    const char *name;
    int (*run)(struct work *, struct arguments *);
} acts[] = {{"list", list_all}, {"show", show}, {"members", list_members}, {"add", add}, {"set", set}, {"invite", organization_invite},
          {"delete", delete}};

static int run(struct work *work, struct arguments *arguments, size_t act)
{
    int code = command_open(work->command, &work->portal);
    if (code) return code;
    work->visit = command_visit(work->command);
    struct arena *before = json_memory_use(work->command->arena);
    code = acts[act].run(work, arguments);
    json_memory_use(before);
    command_close(&work->portal);
    return code;
}

int command_organization(struct command *command, int argc, char **argv)
{
    struct arguments arguments = arguments_of(argc, argv);
    struct work work = {.command = command};
    work.reason = argument_value(&arguments, "--reason");
    for (size_t i = 0; arguments.count > 0 && i < sizeof acts / sizeof *acts; i++) {
        if (strcmp(arguments.words[0], acts[i].name)) continue;
        arguments.words++;
        arguments.count--;
        return run(&work, &arguments, i);
    }
    return command_usage("organization", "organization: say list, show, members, add, set, invite or delete");
}
