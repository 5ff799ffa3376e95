/* Options: one row each in options.def. File (libconfig), then LATCHKEY_<NAME> in the environment, which wins.
   Relative paths are meant from the configuration file's folder. */
#ifndef LATCHKEY_OPTIONS_H
#define LATCHKEY_OPTIONS_H

#include "base/arena.h"
#include "model/problem.h"

struct options {
#define OPTION_TEXT(name, preset, help) Str name;
#define OPTION_PATH(name, preset, help) Str name;
#define OPTION_INT(name, preset, least, most, help) int64_t name;
#include "options.def"
#undef OPTION_TEXT
#undef OPTION_PATH
#undef OPTION_INT
    bool https;                   /* public_url is https: decides cookie names and Secure */
    Str host;                     /* host[:port] of public_url */
};

/* `file` NULL: ./latchkey.conf, then /etc/latchkey/latchkey.conf. Every problem has "file:line" or the variable's name as its
   place. ERR_NOT_FOUND: no such file; ERR_INVALID: problems. */
MUST_USE Error options_read(struct arena *, const char *file, struct problems *, struct options *out);
/* The commented sample configuration, from the same table. */
Str options_sample(struct arena *);

#endif
