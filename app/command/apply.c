#include "command/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "account/apply.h"
#include "base/json_memory.h"
#include "command/arguments.h"

static Error read_stream(struct arena *arena, FILE *file, Str *out)
{
    struct text text = {.arena = arena};
    char piece[65536];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, file))) {
        text_add(&text, (Str){piece, n});
        if (text.n > APPLY_MAX_BYTES) break;
    }
    *out = text_str(&text);
    return ferror(file) ? ERR_FAULT : OK;
}

static int read_file(struct arena *arena, const char *name, Str *out)
{
    bool is_stdin = strcmp(name, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(name, "re");
    if (!file) return command_fail(EXIT_REFUSED, "%s: %s", name, strerror(errno));
    Error error = read_stream(arena, file, out);
    int why = errno;
    if (!is_stdin) fclose(file);
    return error ? command_fail(EXIT_REFUSED, "%s: %s", name, strerror(why)) : EXIT_DONE;
}

static json_t *problem_list(const struct problems *problems)
{
    json_t *list = json_array();
    for (const struct problem *problem = problems->first; problem; problem = problem->next)
        json_array_append_new(list, json_pack("{s:s%, s:s%}", "place", problem->place.p, problem->place.n, "message",
                                              problem->message.p, problem->message.n));
    return list;
}

static json_t *line_list(Str lines)
{
    json_t *list = json_array();
    while (lines.n) {
        Str line = str_cut(&lines, '\n');
        json_array_append_new(list, json_stringn(line.p, line.n));
    }
    return list;
}

static void print_json(json_t *value)
{
    json_dumpf(value, stdout, JSON_COMPACT);
    putchar('\n');
}

static int refuse(struct command *command, const struct problems *problems, Error error)
{
    if (!problems->count) return command_fail(command_exit_code(error), "the store could not be written; nothing was changed");
    if (command->json) print_json(json_pack("{s:o}", "problems", problem_list(problems)));
    else command_problems(problems);
    return command_fail(EXIT_REFUSED, "%zu problem%s; nothing was changed", problems->count, problems->count == 1 ? "" : "s");
}

static void report(struct command *command, const Applied *applied)
{
    if (command->json)
        print_json(json_pack("{s:I, s:I, s:I, s:o}", "added", (json_int_t)applied->added, "changed", (json_int_t)applied->changed,
                             "removed", (json_int_t)applied->removed, "lines", line_list(applied->lines)));
    else if (applied->lines.n) fwrite(applied->lines.p, 1, applied->lines.n, stdout);
    else puts("no changes");
}

int command_apply(struct command *command, int argc, char **argv)
{
    struct arguments arguments = arguments_of(argc, argv);
    bool dry_run = argument_flag(&arguments, "--dry-run");
    Str json = STR_NONE;
    struct portal portal;
    if (!arguments_are(&arguments, 1, 1)) return command_usage("apply", "apply: name one JSON file, or - for standard input");
    int code = read_file(command->arena, arguments.words[0], &json);
    if (!code) code = command_open(command, &portal);
    if (code) return code;
    struct visit visit = command_visit(command);
    struct problems problems = {.arena = command->arena};
    Applied applied = {0};
    Error error = apply_run(&portal, &visit, json, dry_run, &problems, &applied);
    code = error ? refuse(command, &problems, error) : EXIT_DONE;
    if (!error) report(command, &applied);
    command_close(&portal);
    return code;
}
