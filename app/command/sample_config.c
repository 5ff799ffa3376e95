#include "command/command.h"

#include <stdio.h>

int command_sample_config(struct command *command, int argc, char **argv)
{
    if (argc > 1) return command_usage("sample-config", "sample-config: \"%s\" is one word too many", argv[1]);
    Str sample = options_sample(command->arena);
    if (fwrite(sample.p, 1, sample.n, stdout) != sample.n || fflush(stdout))
        return command_fail(EXIT_FAULT, "the output cannot be written");
    return EXIT_DONE;
}
