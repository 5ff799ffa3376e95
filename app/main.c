/* The command line: which command, with which configuration. */
#include <stdio.h>
#include <string.h>

#include "command/command.h"

#ifndef LATCHKEY_VERSION
#define LATCHKEY_VERSION "unknown"
#endif

static int command_help(struct command *, int argc, char **argv);
static int command_version(struct command *, int argc, char **argv);

static const struct {
    const char *name, *synopsis, *summary, *help;
    int (*run)(struct command *, int argc, char **argv);
} commands[] = {
    {"serve", "serve", "answer pages, until SIGTERM",
     "Runs in the foreground: a supervisor, the workers that answer pages, the hashers and the courier.\n"
     "SIGTERM and SIGINT let running requests end and stop. SIGHUP reads configuration, templates and\n"
     "languages anew; when something is wrong with them, what ran before goes on.\n",
     command_serve},
    {"check", "check [--json]", "look for problems without changing anything",
     "Looks at the configuration, the templates, the languages, the store and the rules in it, and lists\n"
     "every problem with its place. Exit code 1 when there is one.\n",
     command_check},
    {"sample-config", "sample-config", "print the commented configuration",
     "Prints every option with its meaning, its range and what it is set to when it is not given.\n"
     "  latchkey sample-config > latchkey.conf\n",
     command_sample_config},
    {"apply", "apply [--dry-run] [--json] FILE", "make fields, connections, organizations and users as FILE says",
     "FILE is JSON and says what shall be there; what is there already stays, so it can be applied again.\n"
     "It is done as a whole or not at all, and every problem is listed with its place.\n"
     "  --dry-run   print what would change, or \"no changes\"\n",
     command_apply},
    {"user", "user ACT …", "look after one account, or list all",
     "USER is a user_id, an e-mail address or a username; --connection NAME where several match.\n"
     "  latchkey user add --connection NAME --email ADDRESS [--username NAME] [--set FIELD=VALUE]… [--password-stdin]\n"
     "  latchkey user show [--json] USER                never prints a secret\n"
     "  latchkey user list [--json] [--connection NAME]\n"
     "  latchkey user block [--reason TEXT] USER        ends all sessions, too\n"
     "  latchkey user unblock [--reason TEXT] USER\n"
     "  latchkey user password USER                     asks for it, or reads it from the input; the\n"
     "                                                  connection's password policy applies\n"
     "  latchkey user verify USER [email|phone_number]\n"
     "  latchkey user delete [--yes] [--reason TEXT] USER\n",
     command_user},
    {"organization", "organization ACT …", "look after one organization, or list all",
     "What an organization may have is said as in the file for apply: KEY is branding, metadata or fields.\n"
     "  latchkey organization list [--json]\n"
     "  latchkey organization show [--json] NAME        --json: an entry of a file for apply\n"
     "  latchkey organization members [--json] NAME     as its help desk sees them\n"
     "  latchkey organization add NAME [--display-name TEXT] [--support-email ADDRESS] [--connection NAME]… [--set KEY=JSON]…\n"
     "  latchkey organization set NAME                  the same options; what is not said stays, and the\n"
     "                                                  connections that are said replace those it had\n"
     "  latchkey organization invite [--role ROLE]… [--language CODE] NAME ADDRESS\n"
     "                                                  a mail with a link, as its help desk sends them: the way\n"
     "                                                  to the first administrator; one that waits there already\n"
     "                                                  is taken back\n"
     "  latchkey organization delete [--yes] [--reason TEXT] NAME\n"
     "                                                  with its memberships, roles, invitations and requests,\n"
     "                                                  never an account; the name is not given again\n",
     command_organization},
    {"explain", "explain [--json] [--lang LL] [--connection NAME] USER [FIELD]", "who may do what to a field, and which rule says so",
     "For each field, or the one named: the level of owner, desk and operator, and the rule that set it.\n",
     command_explain},
    {"queue", "queue ACT …", "look after the messages that wait to be sent",
     "ID is the number that the list shows. What a message says, and its links and codes, are never shown.\n"
     "  latchkey queue list [--all] [--json]   what waits; --all: what was sent or dropped in the last days, too\n"
     "  latchkey queue retry [ID]              tries it now, or all of them\n"
     "  latchkey queue drop ID                 it is never sent; --all instead of ID: everything that waits\n",
     command_queue},
    {"audit", "audit ACT …", "look through what was done, and whether somebody changed it",
     "Each row of the audit hangs on the row before it. verify looks through all of them; exit code 1 and the first row\n"
     "that does not fit when one was changed, added or taken away. It prints the head: kept somewhere else, it proves later\n"
     "that nothing up to it was changed, not even by putting back an older copy of the whole store.\n"
     "  latchkey audit verify [--since HEAD] [--json]\n"
     "  latchkey audit show [--user USER] [--organization NAME] [--limit N] [--json]   the newest first; 50 unless N says more\n",
     command_audit},
    {"import", "import --connection NAME [--dry-run] [--upsert] [--resume] [--json] FILE", "make accounts from a file of any length",
     "FILE is a JSON array of users, or one user a line (NDJSON); - is standard input. Every row is checked like any other change,\n"
     "and one that cannot be kept fails alone: it is printed with its line and why. Exit code 1 when one did.\n"
     "  --connection NAME  whose the accounts become\n"
     "  --upsert           a row of an account that is there changes it; without it such a row fails\n"
     "  --dry-run          say what would happen, and change nothing\n"
     "  --resume           go on with a file whose import was cut off: nothing is made twice\n"
     "  --json             one JSON line a row\n",
     command_import},
    {"export", "export [--connection NAME] [--format ndjson|json|csv] [--fields LIST] FILE", "write all accounts to a file",
     "FILE must not exist yet, and is for its owner alone; - is standard output. Passwords and their hashes are never in it.\n"
     "What is written as ndjson (which it is when nothing is said) or json can be imported again.\n"
     "  --connection NAME  only its accounts\n"
     "  --fields LIST      at most 30 names with commas between them, like email,address.locality,user_metadata.size\n",
     command_export},
    {"backup", "backup FILE", "write a consistent copy of the running store",
     "FILE must not exist yet. The copy is verified before the command ends. The master key is not in it.\n",
     command_backup},
    {"restore", "restore FILE", "put a backup in the store's place",
     "Only while nothing is served. The backup is verified and brought up to this program; the store until now is kept beside it.\n"
     "Nobody stays signed in, no link or code of then works, no message of then is sent. Accounts that were erased after the\n"
     "backup was made are erased again; those that were to be deleted get their reminder and three days more.\n",
     command_restore},
    {"gdpr", "gdpr ACT …", "what people may ask of the operator by law",
     "USER is a user_id, an e-mail address or a username; --connection NAME where several match.\n"
     "  latchkey gdpr report [--json] USER                           everything that is held about somebody, never a secret\n"
     "  latchkey gdpr erase --reason TEXT [--now] [--yes] USER       as if they had asked for it themselves: there is a time of\n"
     "                                                               grace; --now: at once. TEXT stays in the audit, which does\n"
     "                                                               not say any more who it was: name nobody in it\n"
     "  latchkey gdpr list [--json]                                  accounts that are to be erased, and when\n"
     "  latchkey gdpr hold --reason TEXT USER                        cannot be deleted until it is released\n"
     "  latchkey gdpr release --reason TEXT USER\n",
     command_gdpr},
    {"help", "help [COMMAND]", "print this, or more about one command", "", command_help},
    {"version", "version", "print the version", "", command_version},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static int find(const char *name)
{
    for (int i = 0; i < COMMANDS; i++)
        if (!strcmp(name, commands[i].name)) return i;
    return -1;
}

static void print_overview(FILE *out)
{
    fputs("Latchkey, a portal where people look after their own profiles.\n\n"
          "  latchkey [-c FILE] COMMAND …\n\n",
          out);
    for (int i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-14s %s\n", commands[i].name, commands[i].summary);
    fputs("\nWithout -c the configuration is ./latchkey.conf, then /etc/latchkey/latchkey.conf.\n"
          "Exit codes: 0 done, 1 refused or not understood, nothing changed, 2 wrong usage, 3 fault.\n",
          out);
}

static int command_help(struct command *command, int argc, char **argv)
{
    (void)command;
    if (argc > 2) return command_usage(NULL, "help: name one command at most");
    int which = argc == 2 ? find(argv[1]) : -1;
    if (argc == 2 && which < 0) return command_usage(NULL, "there is no command \"%s\"", argv[1]);
    if (argc == 1) print_overview(stdout);
    else printf("latchkey [-c FILE] %s\n\n%s\n%s", commands[which].synopsis, commands[which].summary, commands[which].help);
    return EXIT_DONE;
}

static int command_version(struct command *command, int argc, char **argv)
{
    if (argc > 1) return command_usage("version", "version: \"%s\" is one word too many", argv[1]);
    printf(command->json ? "{\"version\":\"%s\",\"schema\":%lld}\n" : "latchkey %s (schema %lld)\n", LATCHKEY_VERSION,
           (long long)db_schema_newest());
    return EXIT_DONE;
}

/* Takes out what every command understands, wherever it stands; behind "--" nothing is looked at. False: -c lacks its file. */
static bool take_flags(struct command *command, int *argc, char **argv)
{
    int kept = 1;
    bool flags = true;
    for (int i = 1; i < *argc; i++) {
        if (flags && !strcmp(argv[i], "-c")) {
            if (++i == *argc) return false;
            command->config_file = argv[i];
        } else if (flags && !strcmp(argv[i], "--json")) {
            command->json = true;
        } else {
            flags = flags && strcmp(argv[i], "--") != 0;
            argv[kept++] = argv[i];
        }
    }
    argv[kept] = NULL;
    *argc = kept;
    return true;
}

static const char *name_of(const char *word)
{
    if (!strcmp(word, "--help") || !strcmp(word, "-h")) return "help";
    if (!strcmp(word, "--version") || !strcmp(word, "-V")) return "version";
    return word;
}

static int run(struct command *command, int argc, char **argv)
{
    const char *name = name_of(argv[0]);
    int which = find(name);
    if (which < 0) return command_usage(NULL, "there is no %s \"%s\"", name[0] == '-' ? "flag" : "command", name);
    if (argc > 1 && !strcmp(name_of(argv[1]), "help") && argv[1][0] == '-') {
        char *words[] = {argv[1], argv[0], NULL};
        return command_help(command, 2, words);
    }
    return commands[which].run(command, argc, argv);
}

int main(int argc, char **argv)
{
    struct command command = {.arena = arena_open(0)};
    if (!command.arena) return command_fail(EXIT_FAULT, "out of memory");
    int code;
    if (!take_flags(&command, &argc, argv)) {
        code = command_usage(NULL, "-c needs a file");
    } else if (argc < 2) {
        print_overview(stderr);
        code = EXIT_USAGE;
    } else {
        code = run(&command, argc - 1, argv + 1);
    }
    if (fflush(stdout) && code == EXIT_DONE) code = command_fail(EXIT_FAULT, "the output cannot be written");
    arena_close(command.arena);
    return code;
}
