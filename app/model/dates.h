/* Calendar dates without a time (ISO 8601, Gregorian). */
#ifndef LATCHKEY_DATES_H
#define LATCHKEY_DATES_H

#include "base/str.h"

/* YYYY-MM-DD of a real day from 1900 to 2100, as days since 1970-01-01. */
MUST_USE bool date_days(Str text, int64_t *out);

#endif
