/* The kinds of connections: a closed list. Source: domain.md §3.1. */
#ifndef LATCHKEY_STRATEGY_H
#define LATCHKEY_STRATEGY_H

#include "base/str.h"

enum strategy_kind { STRATEGY_DATABASE, STRATEGY_PASSWORDLESS, STRATEGY_SOCIAL, STRATEGY_ENTERPRISE };

struct strategy {
    const char *name;             /* also the first part of its people's user_id */
    enum strategy_kind kind;
};

extern const struct strategy strategies[];
extern const size_t strategy_count;

const struct strategy *strategy_find(Str name);                /* NULL: no such strategy */

#endif
