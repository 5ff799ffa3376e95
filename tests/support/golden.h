/* Whole replies, head and body, against tests/golden/NAME.txt. UPDATE_GOLDEN=1 writes them anew: read the difference then. */
#ifndef LATCHKEY_GOLDEN_H
#define LATCHKEY_GOLDEN_H

#include "base/str.h"

/* Fails the running test at the first line that differs. */
void golden_check(const char *name, Str actual);

#endif
