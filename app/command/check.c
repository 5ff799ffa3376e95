#include "command/command.h"

#include <stdio.h>
#include <unistd.h>

#include "base/json_memory.h"
#include "model/rules.h"
#include "serve/generation.h"

/* Everything that can keep the program from starting, or a rule from being understood, is looked for without changing anything. */

static json_t *parse(Str text, Str place, struct problems *problems)
{
    json_error_t error;
    json_t *value = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &error);
    if (!value) problem_add(problems, place, "%s", error.text);
    return value;
}

static Error read_fields(struct db *db, struct problems *problems, struct fields *out)
{
    struct rows rows;
    json_t *definitions = json_array();
    Error error = db_select(db, STMT_field_definition_list, DB_NO_ARGS, &rows);
    if (error) return error;
    while (row_next(&rows)) {
        Str place = arena_print(problems->arena, "store: field %.*s", STR_ARGS(row_text(&rows, 0)));
        json_t *definition = parse(row_text(&rows, 2), place, problems);
        if (definition) json_array_append_new(definitions, definition);
    }
    error = rows_end(&rows);
    if (error) return error;
    /* Its problems are in the list, and the standard fields are there whatever the definitions are like. */
    error = fields_make(problems->arena, definitions, problems, out);
    return error == ERR_INVALID ? OK : error;
}

/* `statement` lists what has rules: name in column 1, the rules in column `rules`. */
static Error check_rules(struct db *db, enum statement statement, const char *kind, int column, struct problems *problems)
{
    struct rows rows;
    Error error = db_select(db, statement, DB_NO_ARGS, &rows);
    if (error) return error;
    while (row_next(&rows)) {
        struct rules rules;
        Str place = arena_print(problems->arena, "store: %s %.*s: fields", kind, STR_ARGS(row_text(&rows, 1)));
        json_t *object = parse(row_text(&rows, column), place, problems);
        if (object) (void)!rules_make(problems->arena, object, place, problems, &rules);
    }
    return rows_end(&rows);
}

static Error check_contents(const char *database, struct problems *problems)
{
    struct db *db = NULL;
    struct fields fields = {0};
    Error error = db_open(&(struct db_options){.url = database}, &db);
    if (!error) error = read_fields(db, problems, &fields);
    if (!error) error = check_rules(db, STMT_connection_list, "connection", 5, problems);
    if (!error) error = check_rules(db, STMT_organization_list, "organization", 6, problems);
    db_close(db);
    return error;
}

static Error read_version(const char *database, int64_t *version)
{
    struct db *db = NULL;
    Error error = db_open(&(struct db_options){.url = database, .unprepared = true}, &db);
    if (!error) error = db_schema_version(db, version);
    db_close(db);
    return error;
}

/* A store that is not there yet, or of an older program, is made or brought up to date by the next start: no problem. */
static void check_store(const char *database, struct problems *problems)
{
    int64_t version = 0, newest = db_schema_newest();
    Str place = str_of(database);
    if (access(database, F_OK)) return;
    if (read_version(database, &version)) problem_add(problems, place, "cannot be opened");
    else if (version > newest)
        problem_add(problems, place, "is of schema %lld, newer than this program (%lld)", (long long)version, (long long)newest);
    else if (version == newest && check_contents(database, problems))
        problem_add(problems, place, "cannot be read");
}

static void check_key(struct arena *arena, const char *key_file, const char *database, struct problems *problems)
{
    struct keys *keys;
    Error error = keys_open(arena, key_file, false, &keys);
    if (error == ERR_NOT_FOUND && !access(database, F_OK))
        problem_add(problems, str_of(key_file), "is missing, though the store exists: put its copy back");
    else if (error && error != ERR_NOT_FOUND) problem_add(problems, str_of(key_file), "is no usable master key");
}

static void check_file(const char *option, Str file, struct problems *problems)
{
    if (file.n && access(file.p, R_OK)) problem_add(problems, file, "%s: cannot be read", option);
}

static int report(const struct command *command, const struct problems *problems)
{
    if (command->json) {
        json_t *list = json_array();
        for (const struct problem *problem = problems->first; problem; problem = problem->next)
            json_array_append_new(list, json_pack("{s:s%, s:s%}", "place", problem->place.p, problem->place.n, "message",
                                                  problem->message.p, problem->message.n));
        json_dumpf(json_pack("{s:o}", "problems", list), stdout, JSON_COMPACT);
        putchar('\n');
    } else if (problems->count) {
        command_problems(problems);
    } else {
        puts("no problems");
    }
    return problems->count ? EXIT_REFUSED : EXIT_DONE;
}

int command_check(struct command *command, int argc, char **argv)
{
    if (argc > 1) return command_usage("check", "check: \"%s\" is one word too many", argv[1]);
    struct problems problems = {.arena = command->arena};
    struct generation *generation;
    json_memory_use(command->arena);
    if (crypto_start()) return command_fail(EXIT_FAULT, "the system gives no randomness");
    Error error = generation_read(command->arena, command->config_file, &problems, &generation);
    const struct options *options = &generation->options;
    if (error != ERR_NOT_FOUND) {
        check_key(command->arena, options->key_file.p, options->database.p, &problems);
        check_store(options->database.p, &problems);
        check_file("mail_password_file", options->mail_password_file, &problems);
        check_file("mail_ca_file", options->mail_ca_file, &problems);
    }
    view_close(generation->view);
    if (error == ERR_FAULT && problems.count == 0) return command_fail(EXIT_FAULT, "the templates cannot be loaded");
    return report(command, &problems);
}
