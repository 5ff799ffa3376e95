/* Text as pointer and length: not owned, not NUL-terminated unless said so, any bytes inside.
   STR("...") makes one of a literal; an absent text is {NULL, 0}, an empty one has a pointer. */
#ifndef LATCHKEY_STR_H
#define LATCHKEY_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "base/error.h"

typedef struct Str {
    const char *p;
    size_t n;
} Str;

#define STR(literal) ((Str){"" literal, sizeof(literal) - 1})
#define STR_NONE ((Str){NULL, 0})
/* For printf: printf("%.*s", STR_ARGS(s)). Texts longer than INT_MAX are cut. */
#define STR_ARGS(s) ((s).n > 0x7fffffff ? 0x7fffffff : (int)(s).n), ((s).p ? (s).p : "")

/* These three are everywhere, and of a literal the compiler knows the length. */
static inline Str str_of(const char *text)       /* NULL gives STR_NONE */
{
    return (Str){text, text ? strlen(text) : 0};
}

static inline bool str_eq(Str a, Str b)          /* bytes; not constant time */
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(Str a, const char *literal)
{
    return str_eq(a, str_of(literal));
}

/* For tables of our own words, not for keys that a stranger chooses. */
uint64_t str_hash(Str text);
bool str_starts(Str text, Str prefix);
bool str_ends(Str text, Str suffix);
int str_compare(Str a, Str b);                   /* memcmp order, shorter first */
Str str_trim(Str text);                          /* ASCII white space at both ends */
Str str_after(Str text, size_t n);               /* without the first n bytes */
Str str_first(Str text, size_t n);               /* at most the first n bytes */
/* Cuts `text` at the first `separator`: returns what stands before it and leaves the rest (without the separator) in
   *text; without one, returns all of it and leaves STR_NONE. */
Str str_cut(Str *text, char separator);
bool str_has(Str text, char c);
/* Decimal, optional leading '-', no blanks, no leading '+': false for anything else and on overflow. */
MUST_USE bool str_to_int(Str text, int64_t *out);

#endif
