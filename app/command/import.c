#include "command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/import.h"
#include "account/shape.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/json_memory.h"
#include "command/arguments.h"

enum { REPAINT_MS = 200, IDENTIFYING_BYTES = 65536 };

struct running {
    struct command *command;
    int fd;
    int64_t size;                 /* of the file; -1: nobody knows */
    bool terminal;                /* stderr is one */
    int64_t began, painted;
    struct arena *line;
};

static long read_piece(void *context, char *into, size_t room)
{
    const struct running *running = context;
    ssize_t got;
    do got = read(running->fd, into, room);
    while (got < 0 && errno == EINTR);
    return got;
}

/* --- the report --- */

static json_t *flaw_list(const struct import_flaw *flaw)
{
    json_t *list = json_array();
    for (; flaw; flaw = flaw->next)
        json_array_append_new(list, json_pack("{s:s, s:s%, s:s%}", "code", flaw->code, "message", flaw->message.p, flaw->message.n,
                                              "path", flaw->path.p, flaw->path.n));
    return list;
}

static void print_object(const struct import_row *row)
{
    json_t *object = json_pack("{s:I, s:I, s:s}", "row", (json_int_t)row->number, "line", (json_int_t)row->line, "outcome",
                               import_outcome_name(row->outcome));
    if (row->name.n) json_object_set_new(object, "user", json_stringn(row->name.p, row->name.n));
    if (row->user_id.n) json_object_set_new(object, "user_id", json_stringn(row->user_id.p, row->user_id.n));
    if (row->errors) json_object_set_new(object, "errors", flaw_list(row->errors));
    if (row->warnings) json_object_set_new(object, "warnings", flaw_list(row->warnings));
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
}

static void print_flaws(struct arena *arena, const struct import_row *row, const struct import_flaw *flaw, const char *kind)
{
    for (; flaw; flaw = flaw->next) {
        struct text line = {.arena = arena};
        text_print(&line, "row %lld, line %lld", (long long)row->number, (long long)row->line);
        if (row->name.n) text_print(&line, ", %.*s", STR_ARGS(row->name));
        text_print(&line, ": %s%s ", kind, flaw->code);
        if (flaw->path.n) text_print(&line, "%.*s: ", STR_ARGS(flaw->path));
        text_add_safe(&line, flaw->message);
        text_add(&line, STR("\n"));
        fwrite(line.p, 1, line.n, stdout);
    }
}

static void wipe_progress(struct running *running)
{
    if (running->painted) fputs("\r\033[K", stderr);
    running->painted = 0;
}

static void report(void *context, const struct import_row *row)
{
    struct running *running = context;
    struct arena *before = json_memory_use(running->line);
    if (row->errors || row->warnings || running->command->json) wipe_progress(running);
    if (running->command->json) {
        print_object(row);
    } else {
        print_flaws(running->line, row, row->errors, "");
        print_flaws(running->line, row, row->warnings, "warning ");
    }
    json_memory_use(before);
    arena_wipe(running->line);
}

static void paint(void *context, int64_t bytes, const struct import_counts *counts)
{
    struct running *running = context;
    int64_t now = clock_monotonic_ms(), took = now - running->began;
    if (!running->terminal || now - running->painted < REPAINT_MS) return;
    running->painted = now;
    fputc('\r', stderr);
    if (running->size > 0) fprintf(stderr, "%3lld %%  ", (long long)(bytes * 100 / running->size));
    fprintf(stderr, "%lld rows, %lld failed, %lld a second\033[K", (long long)counts->rows, (long long)counts->failed,
            (long long)(took > 0 ? counts->rows * 1000 / took : 0));
}

static void print_summary(const struct running *running, const struct import_counts *counts, bool dry_run)
{
    fprintf(running->command->json ? stderr : stdout, "%lld inserted, %lld updated, %lld unchanged, %lld failed%s\n",
            (long long)counts->inserted, (long long)counts->updated, (long long)counts->unchanged, (long long)counts->failed,
            dry_run ? "; nothing was changed" : "");
}

/* --- the file --- */

/* The same bytes into the same connection in the same way: by the file's size and its beginning, wherever it lies. */
static Error identify(struct running *running, struct portal *portal, struct import *import)
{
    struct arena *arena = running->command->arena;
    char *head = ARENA_ARRAY(arena, char, IDENTIFYING_BYTES);
    struct stat file;
    unsigned char mac[SECRET_BYTES];
    if (fstat(running->fd, &file) != 0) return ERR_FAULT;
    running->size = S_ISREG(file.st_mode) ? (int64_t)file.st_size : -1;
    if (running->size < 0) return OK;
    ssize_t got = pread(running->fd, head, IDENTIFYING_BYTES, 0);
    if (got < 0) return ERR_FAULT;
    Str size = arena_print(arena, "%lld", (long long)running->size);
    Str parts[] = {STR("import"), import->connection, import->upsert ? STR("upsert") : STR("insert"), size, {head, (size_t)got}};
    keys_mac_parts(portal->keys, KEY_AUDIT, parts, sizeof parts / sizeof *parts, mac);
    import->identity = hex_encode(arena, (Str){(const char *)mac, 16});
    return OK;
}

static int say_failure(const struct import *import, const struct import_counts *counts, Error error, const char *file)
{
    if (error == ERR_NOT_FOUND && import->resume)
        return command_fail(EXIT_REFUSED, "%s: there is no connection %.*s, or this file was never begun there", file, STR_ARGS(import->connection));
    if (error == ERR_NOT_FOUND) return command_fail(EXIT_REFUSED, "there is no connection %.*s", STR_ARGS(import->connection));
    if (error == ERR_CONFLICT) return command_fail(EXIT_REFUSED, "%s: is another file than the one that was begun", file);
    return command_fail(command_exit_code(error), "the file or the store failed after %lld rows; what was reported is done%s",
                        (long long)counts->rows, import->dry_run ? "" : ", and --resume goes on behind it");
}

static int run(struct running *running, struct portal *portal, struct import *import, const char *file)
{
    struct visit visit = command_visit(running->command);
    struct import_counts counts = {0};
    Error error = identify(running, portal, import);
    if (!error && import->resume && !import->identity.n) return command_usage("import", "import: --resume needs a file that can be read again");
    running->began = clock_monotonic_ms();
    if (!error) error = import_run(portal, &visit, import, &counts);
    wipe_progress(running);
    if (error) return say_failure(import, &counts, error, file);
    print_summary(running, &counts, import->dry_run);
    return counts.failed ? EXIT_REFUSED : EXIT_DONE;
}

static int with_file(struct running *running, struct import *import, const char *file)
{
    struct portal portal;
    bool is_stdin = strcmp(file, "-") == 0;
    running->fd = is_stdin ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
    if (running->fd < 0) return command_fail(EXIT_REFUSED, "%s: %s", file, strerror(errno));
    running->command->much = true;
    int code = command_open(running->command, &portal);
    if (!code) {
        code = run(running, &portal, import, file);
        command_close(&portal);
    }
    if (!is_stdin) close(running->fd);
    return code;
}

int command_import(struct command *command, int argc, char **argv)
{
    struct arguments arguments = arguments_of(argc, argv);
    struct running running = {.command = command, .terminal = isatty(STDERR_FILENO) == 1};
    struct import import = {.read = read_piece, .source = &running, .identity = STR(""), .each = report, .progress = paint, .context = &running};
    import.dry_run = argument_flag(&arguments, "--dry-run");
    import.upsert = argument_flag(&arguments, "--upsert");
    import.resume = argument_flag(&arguments, "--resume");
    const char *connection = argument_value(&arguments, "--connection");
    if (!arguments_are(&arguments, 1, 1)) return command_usage("import", "import: name one file, or - for standard input");
    if (!connection) return command_usage("import", "import: say which --connection the accounts belong to");
    if (import.dry_run && import.resume) return command_usage("import", "import: a dry run has nothing to resume");
    import.connection = str_of(connection);
    running.line = arena_open(0);
    if (!running.line) return command_fail(EXIT_FAULT, "memory is out");
    int code = with_file(&running, &import, arguments.words[0]);
    arena_close(running.line);
    return code;
}
