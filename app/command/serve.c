#include "command/command.h"

#include "serve/supervisor.h"

int command_serve(struct command *command, int argc, char **argv)
{
    if (argc > 1) return command_usage("serve", "serve: \"%s\" is one word too many", argv[1]);
    return supervisor_run(command->config_file);
}
