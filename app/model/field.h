/* Fields of a profile: the standard ones (fields.def, OpenID Connect Core §5.1 names) and those that the operator defines
   (user_metadata.*, app_metadata.*). Pure: no clock, no I/O. */
#ifndef LATCHKEY_FIELD_H
#define LATCHKEY_FIELD_H

#include <jansson.h>
#include "base/arena.h"
#include "model/level.h"

enum field_type {
    TYPE_TEXT, TYPE_MULTILINE, TYPE_EMAIL, TYPE_PHONE, TYPE_USERNAME, TYPE_URL, TYPE_DATE, TYPE_NUMBER, TYPE_BOOLEAN,
    TYPE_CHOICE, TYPE_CHOICES, TYPE_LANGUAGE, TYPE_TIMEZONE, TYPE_PICTURE,
    TYPE_OBJECT,   /* any JSON object: user_metadata and app_metadata as a whole; never on a form */
    FIELD_TYPES
};

enum section {
    SECTION_NAME, SECTION_CONTACT, SECTION_ADDRESS, SECTION_ABOUT, SECTION_PREFERENCES, SECTION_MORE, SECTION_ACCOUNT,
    SECTIONS
};

enum proof { PROOF_NONE, PROOF_EMAIL, PROOF_PHONE };

struct pattern;

struct field {
    Str name;                     /* as in forms, rules and the API: given_name, address.locality, user_metadata.shirt_size */
    enum field_type type;
    enum section section;
    enum level level[ACTORS];     /* the field's own default */
    enum proof proof;             /* the owner's change needs a proof of this kind */
    bool standard;                /* a row of fields.def */
    bool system;                  /* kept by the program (user_id, blocked …): in no form, written by no change */
    const char *label;            /* standard fields: English text, looked up in the catalogue */
    const char *help;             /* likewise; NULL when there is none */
    const char *help_desk;        /* what a help desk reads instead; NULL: the same */
    const char *autocomplete;     /* HTML autofill token; NULL: off */
    const json_t *labels, *helps; /* custom fields: { "en": …, "de": … }; NULL when standard */
    const json_t *labels_desk, *helps_desk;   /* what a help desk reads instead; NULL: the same */
    const json_t *choices;        /* array of texts, or of { "value", "label": {…} }; NULL when none */
    bool has_min, has_max;
    int64_t min, max;             /* code points of a text, value of a number, days since 1970 of a date, count of choices */
    Str pattern;                  /* the whole value must match it (pattern.h says what is understood); STR_NONE: none */
    const struct pattern *matcher;   /* of `pattern`; NULL: none */
    bool required, unique;
    int order;                    /* inside the section; ties by name */
};

/* All fields that exist here, in the order of the pages (section, order, name). */
struct fields {
    const struct field *list;
    size_t count;
    const struct field **by_name; /* sorted, for field_find */
};

/* The standard fields and the definitions in `custom` (array of field objects as in `latchkey apply`; NULL: none).
   Lives in `arena`. `problem` gets one line per unusable definition ("fields[2].type: …"); with any, ERR_INVALID. */
struct problems;
MUST_USE Error fields_make(struct arena *, const json_t *custom, struct problems *, struct fields *out);
const struct field *field_find(const struct fields *, Str name);   /* NULL: no such field */
/* A standard field's name, or a well-formed one of a field that the operator may define. */
bool field_may_exist(Str name);

const char *field_type_name(enum field_type);
const char *section_name(enum section);                            /* "preferences" */
const char *section_title(enum section);                           /* English text for the catalogue */
const char *section_title_for(enum section, enum actor);           /* the same, as that side reads it */

/* The value of a field in a profile (the JSON object of the store): NULL when it is not set. Dotted names walk one level
   (address.locality, user_metadata.shirt_size). Empty texts and empty arrays count as not set. */
json_t *field_value(const json_t *profile, const struct field *);
/* Puts it; NULL removes. Empty containers are removed as well. */
void field_put(json_t *profile, const struct field *, json_t *value);
/* As a person reads it or types it into the form; choices joined with ", ". */
Str field_text(struct arena *, const struct field *, const json_t *value);

/* Cleans and checks what somebody wants the field to become, and says in a message what to do when it cannot be kept.
   `raw` is text (from a form) or a JSON value (API, apply); an empty text or null means "not set" (*out = NULL).
   The message is an English catalogue text; {LIMIT} in it is the problem's `limit`. */
typedef struct FieldProblem {
    const char *message;          /* NULL: none */
    int64_t limit;                /* value of {LIMIT} in the message */
} FieldProblem;
MUST_USE bool field_clean(struct arena *, const struct field *, const json_t *raw, json_t **out, FieldProblem *);

/* The form under which a value is unique (e-mail: ASCII-folded local part + A-label domain; username: lower case; others:
   NFKC casefold of the text). Never shown. STR_NONE when it has none. */
Str field_key(struct arena *, const struct field *, const json_t *value);
/* What a person typed as an identifier at sign-in, as key of an e-mail, username or phone. STR_NONE: it cannot be one. */
Str identifier_key(struct arena *, Str typed);

#endif
