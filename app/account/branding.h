/* An organization's name, colours and texts as somebody edits them: what may stand in them, one check for the file of `latchkey
   apply` and for the page, and saving them from the organization's own desk. Source: interface.md "The file for latchkey apply". */
#ifndef LATCHKEY_BRANDING_H
#define LATCHKEY_BRANDING_H

#include "account/desk.h"
#include "account/look.h"

enum { BRANDING_HEADING_MAX = 120, BRANDING_HELP_MAX = 500, BRANDING_NAME_MAX = 255, BRANDING_LANGUAGES_MAX = 12 };

enum branding_fault {
    BRANDING_FINE = 0,
    BRANDING_NO_COLOUR,           /* not like #0a5c36 */
    BRANDING_TOO_DARK,            /* a page on which the portal's text cannot be read */
    BRANDING_ALONE,               /* one of the two colours without the other */
    BRANDING_BLANK,               /* nothing where a text is needed */
    BRANDING_TOO_LONG,
    BRANDING_CHARACTERS,          /* some that do not belong in a text */
    BRANDING_ADDRESS,             /* of the web or of a mailbox, in a heading */
    BRANDING_NO_EMAIL,            /* not an e-mail address */
};

/* #0a5c36 or its short form #abc, in letters of either case, as it is kept. STR_NONE: neither. */
Str branding_colour(struct arena *, Str text);
enum branding_fault branding_page_fault(Str kept_colour);
/* `most` in code points. A heading stands where mail programs make links of what looks like an address. */
enum branding_fault branding_text_fault(Str text, size_t most, bool heading);
extern const struct field branding_support_field;

/* Everything as a list of texts; "" says nothing there. */
struct branding_entry {
    Str name;                     /* display_name, support_email, primary, page_background, texts.login.heading.en … */
    const char *place, *kind;     /* of texts: login, forgot, reset; heading, help. Else NULL */
    Str language;
    Str value;
    enum branding_fault fault;    /* filled in by branding_check */
};
enum { BRANDING_NAME, BRANDING_SUPPORT, BRANDING_PRIMARY, BRANDING_PAGE, BRANDING_TEXTS };   /* entries, in this order */

struct branding {
    struct branding_entry *entries;
    size_t count;
    Str version;                  /* names just this state of the store: 16 hex digits */
    json_t *stored;               /* the whole of it, also what the page does not show */
};

/* As it is in the store, with the texts of these languages. ERR_NOT_FOUND: the organization is gone. */
MUST_USE Error branding_read(struct portal *, struct arena *, int64_t organization, const Str *languages, size_t count,
                             struct branding *out);
/* Cleans the values in place and says what is wrong with each. False: something is. */
MUST_USE bool branding_check(struct arena *, struct branding *);
/* The look that the values make, saved or not. They were checked. */
struct look branding_look(const struct portal *, struct arena *, const struct desk *, const struct branding *);

/* One transaction with its audit row: DESK_DONE, DESK_NOTHING, DESK_REASON, DESK_REFUSED. `wished` came from branding_read, with the
   version that the person saw; *stale: the store holds another one by now, and nothing was written. What no entry speaks about
   stays. ERR_INVALID: branding_check says what is wrong. */
MUST_USE Error branding_save(struct portal *, const struct visit *, const struct desk *, struct branding *wished, Str reason,
                             DeskAct *out, bool *stale);

#endif
