/* Languages: compiled gettext catalogues (.mo), read by us, because Debian's minimal systems have no locales. The English
   texts are the keys. A language is complete or the program does not start. */
#ifndef LATCHKEY_CATALOG_H
#define LATCHKEY_CATALOG_H

#include <jansson.h>
#include "base/arena.h"
#include "model/problem.h"

/* Marks a text in C for extraction; the look-up happens where the language is known. A text with a context, C_("date", "May"),
   is a different one from the same word elsewhere; it is looked up like any other. */
#define N_(text) text
#define P_(one, many) one, many        /* for catalog_plural, where the two stand in a table */
#define C_(context, text) context "\004" text

struct catalog;                   /* one language */

/* All *.mo of a folder, sorted by code, English first. Problems: a malformed file, a language that lacks texts of en.mo or
   whose {PLACEHOLDERS} or plural forms differ. The catalogues live as long as the arena. */
struct catalogs {
    struct catalog *const *list;
    size_t count;
};
MUST_USE Error catalogs_load(struct arena *, const char *folder, struct problems *, struct catalogs *out);

Str catalog_code(const struct catalog *);            /* "de" */
Str catalog_name(const struct catalog *);            /* "Deutsch": the catalogue's own text for msgctxt "language name" */
bool catalog_rtl(const struct catalog *);
/* The text in that language; the English one when it has none (English itself). */
Str catalog_text(const struct catalog *, const char *english);
MUST_USE bool catalog_find(const struct catalog *, Str english, Str *out);   /* false: not there */
/* msgid/msgid_plural with the language's own plural rule. */
Str catalog_plural(const struct catalog *, const char *one, const char *many, int64_t n);
/* Fills {NAME} in a translated text: pairs of name (const char *) and value (a Str, not a char *), ended by NULL. Unknown names
   stay: catalog_fill(arena, text, "NAME", name, "N", STR("3"), NULL). */
Str catalog_fill(struct arena *, Str text, ...);
/* From { "en": …, "de": … }: that language, else the default given, else English, else any. STR_NONE: empty. */
Str catalog_pick(const struct catalog *, const json_t *texts, Str fallback_code);
const struct catalog *catalogs_get(const struct catalogs *, Str code);       /* NULL: none */
/* RFC 9110 §12.5.4 with q-values, bounded; the first catalogue that fits a range ("de-AT" fits "de"). NULL: none. */
const struct catalog *catalogs_accept(const struct catalogs *, Str accept_language);
/* Dates as the language writes them, Gregorian, in UTC: "21 November 2026, 02:23 UTC". */
Str catalog_date(struct arena *, const struct catalog *, int64_t seconds, bool time);

/* The reader, for tests and fuzzing: bytes of a .mo file that outlive the catalogue. NULL: malformed. */
struct catalog *catalog_read(struct arena *, Str code, Str bytes);

#endif
