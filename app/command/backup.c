#include "command/command.h"

int command_backup(struct command *command, int argc, char **argv)
{
    if (argc != 2) return command_usage("backup", "backup: name the one file to write");
    struct portal portal;
    int code = command_open(command, &portal);
    if (code) return code;
    Error error = db_backup(portal.db, argv[1]);
    command_close(&portal);
    if (error == ERR_CONFLICT) return command_fail(EXIT_REFUSED, "%s exists already and stays as it is", argv[1]);
    if (error) return command_fail(command_exit_code(error), "%s could not be written", argv[1]);
    return EXIT_DONE;
}
