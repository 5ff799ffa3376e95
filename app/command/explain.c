#include <stdio.h>

#include "account/shape.h"
#include "base/json_memory.h"
#include "command/user.h"
#include "view/words.h"

/* The same answer as the page's: policy_level and reason_text. */
struct explaining {
    struct work *work;
    const struct catalog *language;
    struct user user;
    struct subject subject;
    struct text table;
    json_t *list;
};

static const enum actor actors[] = {ACTOR_OWNER, ACTOR_DESK, ACTOR_OPERATOR};
enum { EXPLAINED = sizeof actors / sizeof actors[0] };

struct answer {
    Verdict verdict;
    Str rule, reason;
};

/* No desk acts on the profile of somebody without a home: each is a guest's. */
static bool has_home(const struct subject *subject)
{
    for (size_t i = 0; i < subject->membership_count; i++)
        if (subject->memberships[i].home) return true;
    return false;
}

static void ask(const struct explaining *explaining, const struct field *field, struct answer *answers)
{
    struct arena *arena = explaining->work->command->arena;
    const struct fields *fields = &explaining->work->portal.directory.fields;
    for (size_t i = 0; i < EXPLAINED; i++) {
        Verdict verdict = policy_level(fields, field, &explaining->subject, actors[i], !has_home(&explaining->subject));
        answers[i] = (struct answer){verdict, verdict_rule(arena, verdict), reason_text(arena, explaining->language, verdict, field)};
    }
}

static json_t *text_of(Str text)
{
    return json_stringn(text.p ? text.p : "", text.n);
}

static void add_object(struct explaining *explaining, const struct field *field, const struct answer *answers)
{
    json_t *entry = json_object();
    json_object_set_new(entry, "field", text_of(field->name));
    for (size_t i = 0; i < EXPLAINED; i++) {
        json_t *actor = json_object();
        json_object_set_new(actor, "level", json_string(level_name(answers[i].verdict.level)));
        json_object_set_new(actor, "rule", text_of(answers[i].rule));
        json_object_set_new(actor, "reason", text_of(answers[i].reason));
        json_object_set_new(entry, actor_name(actors[i]), actor);
    }
    json_array_append_new(explaining->list, entry);
}

static bool is_said(const struct answer *answers, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (str_eq(answers[j].rule, answers[i].rule) && str_eq(answers[j].reason, answers[i].reason)) return true;
    return false;
}

/* Under the levels, each rule that is behind one of them, once, with those whom it meets. */
static void add_rows(struct explaining *explaining, const struct field *field, const struct answer *answers)
{
    struct text *table = &explaining->table;
    text_print(table, "%-32.*s", STR_ARGS(field->name));
    for (size_t i = 0; i < EXPLAINED; i++) text_print(table, " %-9s", level_name(answers[i].verdict.level));
    text_add(table, STR("\n"));
    for (size_t i = 0; i < EXPLAINED; i++) {
        if (!answers[i].reason.n || is_said(answers, i)) continue;
        const char *between = "    ";
        for (size_t j = i; j < EXPLAINED; j++) {
            if (!str_eq(answers[j].rule, answers[i].rule) || !str_eq(answers[j].reason, answers[i].reason)) continue;
            text_print(table, "%s%s", between, actor_name(actors[j]));
            between = ", ";
        }
        text_print(table, " (%.*s): ", STR_ARGS(answers[i].rule));
        text_add_safe(table, answers[i].reason);
        text_add(table, STR("\n"));
    }
}

static void explain_field(struct explaining *explaining, const struct field *field)
{
    struct answer answers[EXPLAINED];
    ask(explaining, field, answers);
    if (explaining->work->command->json) add_object(explaining, field, answers);
    else add_rows(explaining, field, answers);
}

static void begin(struct explaining *explaining)
{
    explaining->list = json_array();
    explaining->table = (struct text){.arena = explaining->work->command->arena};
    text_print(&explaining->table, "%.*s (", STR_ARGS(explaining->user.user_id));
    text_add_safe(&explaining->table, user_label(&explaining->user));
    text_print(&explaining->table, ")\n\n%-32s %-9s %-9s %s\n", "field", "owner", "desk", "operator");
}

static void finish(const struct explaining *explaining)
{
    if (!explaining->work->command->json) {
        fwrite(explaining->table.p, 1, explaining->table.n, stdout);
        return;
    }
    json_t *object = json_object();
    json_object_set_new(object, "user_id", text_of(explaining->user.user_id));
    json_object_set_new(object, "fields", explaining->list);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
}

static int explain(struct explaining *explaining, const char *name)
{
    const struct fields *fields = &explaining->work->portal.directory.fields;
    const struct field *only = name ? field_find(fields, str_of(name)) : NULL;
    if (name && !only) return command_fail(EXIT_REFUSED, "there is no field %s", name);
    begin(explaining);
    if (only) explain_field(explaining, only);
    for (size_t i = 0; !only && i < fields->count; i++) explain_field(explaining, &fields->list[i]);
    finish(explaining);
    return EXIT_DONE;
}

static int find_language(struct explaining *explaining, const char *code)
{
    struct arena *arena = explaining->work->command->arena;
    const struct options *options = explaining->work->portal.options;
    struct problems problems = {.arena = arena};
    struct catalogs *catalogs = ARENA_NEW(arena, struct catalogs);
    Error error = catalogs_load(arena, arena_cstr(arena, options->languages_dir), &problems, catalogs);
    command_problems(&problems);
    if (error) return command_fail(EXIT_REFUSED, "the languages in %.*s cannot be read", STR_ARGS(options->languages_dir));
    explaining->language = catalogs_get(catalogs, code ? str_of(code) : options->default_language);
    if (explaining->language) return EXIT_DONE;
    return command_fail(EXIT_REFUSED, "there is no language %s", code ? code : arena_cstr(arena, options->default_language));
}

static int run(struct explaining *explaining, const struct arguments *arguments, const char *language)
{
    struct work *work = explaining->work;
    int code = user_find(work, arguments->words[0], &explaining->user);
    if (!code) code = find_language(explaining, language);
    if (code) return code;
    if (account_subject(&work->portal, work->command->arena, &explaining->user, &explaining->subject))
        return command_fail(EXIT_FAULT, "the store cannot be read");
    return explain(explaining, arguments->count > 1 ? arguments->words[1] : NULL);
}

int command_explain(struct command *command, int argc, char **argv)
{
    struct arguments arguments = arguments_of(argc, argv);
    struct work work = {.command = command, .connection = argument_value(&arguments, "--connection")};
    struct explaining explaining = {.work = &work};
    const char *language = argument_value(&arguments, "--lang");
    if (!arguments_are(&arguments, 1, 2)) return command_usage("explain", "explain: name an account, and a field when one is meant");
    int code = command_open(command, &work.portal);
    if (code) return code;
    work.visit = command_visit(command);
    code = run(&explaining, &arguments, language);
    command_close(&work.portal);
    return code;
}
