#include "command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account/bulk_export.h"
#include "base/clock.h"
#include "command/arguments.h"

enum { REPAINT_MS = 200 };

struct running {
    struct command *command;
    int fd;
    bool terminal;                /* stderr is one */
    int64_t painted;
    int failed;                   /* errno of a write; 0: none */
};

static bool write_bytes(void *context, Str bytes)
{
    struct running *running = context;
    while (bytes.n) {
        ssize_t written = write(running->fd, bytes.p, bytes.n);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            running->failed = errno;
            return false;
        }
        bytes = str_after(bytes, (size_t)written);
    }
    return true;
}

static void paint(void *context, int64_t rows)
{
    struct running *running = context;
    int64_t now = clock_monotonic_ms();
    if (!running->terminal || now - running->painted < REPAINT_MS) return;
    running->painted = now;
    fprintf(stderr, "\r%lld accounts\033[K", (long long)rows);
}

static bool read_format(const char *word, enum bulk_format *out)
{
    static const char *const names[] = {[BULK_NDJSON] = "ndjson", [BULK_JSON] = "json", [BULK_CSV] = "csv"};
    *out = BULK_NDJSON;
    for (size_t i = 0; word && i < sizeof names / sizeof *names; i++)
        if (!strcmp(word, names[i])) {
            *out = (enum bulk_format)i;
            return true;
        }
    return !word;
}

static int read_fields(struct portal *portal, const char *list, struct bulk_export *export)
{
    Str rest = str_of(list);
    while (rest.p) {
        Str field = str_cut(&rest, ',');
        const char *flaw = bulk_field_flaw(portal, export->format, field);
        if (flaw) return command_fail(EXIT_REFUSED, "%.*s: %s", STR_ARGS(field), flaw);
        if (export->field_count == BULK_FIELDS_MAX) return command_fail(EXIT_REFUSED, "at most %d fields fit", BULK_FIELDS_MAX);
        export->fields[export->field_count++] = field;
    }
    return EXIT_DONE;
}

/* People's data: for the operator alone, and never over a file that is there. */
static int open_file(const char *name)
{
    if (!strcmp(name, "-")) return STDOUT_FILENO;
    return open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static int say_failure(const struct running *running, const struct bulk_export *export, Error error, const char *file)
{
    if (running->failed) return command_fail(EXIT_FAULT, "%s: %s", file, strerror(running->failed));
    if (error == ERR_NOT_FOUND) return command_fail(EXIT_REFUSED, "there is no connection %.*s", STR_ARGS(export->connection));
    return command_fail(command_exit_code(error), "the store could not be read, or the export not be written down in its audit");
}

static int run(struct running *running, struct portal *portal, struct bulk_export *export, const char *file)
{
    int64_t rows = 0;
    struct visit visit = command_visit(running->command);
    Error error = bulk_export_run(portal, &visit, export, &rows);
    if (running->painted) fputs("\r\033[K", stderr);
    if (!error && running->fd != STDOUT_FILENO && fsync(running->fd) != 0) {
        running->failed = errno;
        error = ERR_FAULT;
    }
    if (error) return say_failure(running, export, error, file);
    fprintf(stderr, "%lld accounts\n", (long long)rows);
    return EXIT_DONE;
}

static int to_file(struct running *running, struct portal *portal, struct bulk_export *export, const char *file)
{
    running->fd = open_file(file);
    if (running->fd < 0) return command_fail(EXIT_REFUSED, "%s: %s", file, strerror(errno));
    int code = run(running, portal, export, file);
    if (running->fd == STDOUT_FILENO) return code;
    if (close(running->fd) != 0 && !code) code = command_fail(EXIT_FAULT, "%s: %s", file, strerror(errno));
    if (code) unlink(file);
    return code;
}

int command_export(struct command *command, int argc, char **argv)
{
    struct arguments arguments = arguments_of(argc, argv);
    struct running running = {.command = command, .terminal = isatty(STDERR_FILENO) == 1};
    struct bulk_export export = {.write = write_bytes, .progress = paint, .context = &running};
    struct portal portal;
    const char *format = argument_value(&arguments, "--format"), *fields = argument_value(&arguments, "--fields");
    export.connection = str_of(argument_value(&arguments, "--connection"));
    if (!arguments_are(&arguments, 1, 1)) return command_usage("export", "export: name one file, or - for standard output");
    if (!read_format(format, &export.format)) return command_usage("export", "export: a format is ndjson, json or csv");
    int code = command_open(command, &portal);
    if (code) return code;
    code = read_fields(&portal, fields, &export);
    if (!code) code = to_file(&running, &portal, &export, arguments.words[0]);
    command_close(&portal);
    return code;
}
