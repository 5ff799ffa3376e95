/* The commands of the command line: one file each. Each gets its own words (argv[0] is the command's name; -c FILE and --json
   are taken out already), writes results on stdout and reasons on stderr, and returns the exit code. */
#ifndef LATCHKEY_COMMAND_H
#define LATCHKEY_COMMAND_H

#include "account/portal.h"

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_FAULT = 3 };

struct command {
    struct arena *arena;          /* lasts as long as the program */
    const char *config_file;      /* NULL: the usual places (options.h) */
    bool json;                    /* output for machines */
    bool much;                    /* it writes so much that it tends the store's log itself, and keeps more of it in memory */
};

int command_serve(struct command *, int argc, char **argv);
int command_check(struct command *, int argc, char **argv);
int command_sample_config(struct command *, int argc, char **argv);
int command_apply(struct command *, int argc, char **argv);
int command_user(struct command *, int argc, char **argv);
int command_explain(struct command *, int argc, char **argv);
int command_queue(struct command *, int argc, char **argv);
int command_organization(struct command *, int argc, char **argv);
int command_audit(struct command *, int argc, char **argv);
int command_import(struct command *, int argc, char **argv);
int command_export(struct command *, int argc, char **argv);
int command_backup(struct command *, int argc, char **argv);
int command_restore(struct command *, int argc, char **argv);
int command_gdpr(struct command *, int argc, char **argv);

/* Reads the options, the key and the store (made and migrated where needed; as root, made as the user of the options) and the
   directory; passwords are hashed in this process. EXIT_DONE, or the exit code after having said why. */
MUST_USE int command_open(struct command *, struct portal *);
void command_close(struct portal *);
/* Who acts: "cli:" and the login name; now. */
struct visit command_visit(struct command *);

/* Every problem on stderr, "place: message" a line. */
void command_problems(const struct problems *);
/* "latchkey: …" on stderr; returns `code`. */
int command_fail(int code, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same with a hint at `latchkey help NAME`; returns EXIT_USAGE. */
int command_usage(const char *name, const char *format, ...) PRINTF_LIKE(2, 3);
/* The exit code that fits an error of the program's own calls. */
int command_exit_code(Error);

#endif
