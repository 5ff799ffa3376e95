/* The words behind a command's name. Options are taken out wherever they stand; what remains are its plain words. */
#ifndef LATCHKEY_ARGUMENTS_H
#define LATCHKEY_ARGUMENTS_H

#include "base/str.h"

struct arguments {
    int count;
    char **words;
    const char *wrong;            /* an option without its value, or one that nobody knows; NULL: none */
};

struct arguments arguments_of(int argc, char **argv);          /* without argv[0] */
bool argument_flag(struct arguments *, const char *name);      /* "--yes" */
/* The value of "--name VALUE" or "--name=VALUE": the first one left; NULL when there is none. */
const char *argument_value(struct arguments *, const char *name);
/* All options are taken: true when `least` to `most` plain words remain. Else .wrong may say why. */
bool arguments_are(struct arguments *, int least, int most);

#endif
