/* Whom somebody wants to invite, out of a list as people paste it: one address a line, "Name <address>", or a table with commas,
   semicolons or tabs (RFC 4180 quotes). Input is hostile: bounded. Nothing is lost: what cannot be read is a problem with its line. */
#ifndef LATCHKEY_INVITED_H
#define LATCHKEY_INVITED_H

#include "account/invitation.h"
#include "model/field.h"

enum { INVITED_TYPED_MAX = 100, INVITED_PROBLEMS_MAX = 20 };

struct invited_entry {
    Str typed;                    /* as it stood there, cut to INVITED_TYPED_MAX bytes at a character */
    Str whole;                    /* all of that: a table's line, else the cell */
    Str address, key;             /* model/identifier.h; STR_NONE: no address can be read there */
    Str language;                 /* its own; STR_NONE: none */
    const Str *roles;             /* its own, instead of the wish's */
    size_t role_count;            /* 0: none of its own */
    json_t *prefilled;            /* { field: value } of the table's columns with a value; NULL: none */
};

/* What a table may say, in words as people write them: case does not count. */
enum invited_column {
    INVITED_COLUMN_EMAIL, INVITED_COLUMN_ROLES, INVITED_COLUMN_LANGUAGE, INVITED_COLUMN_VALUE, INVITED_COLUMN_CLOSED
};
struct invited_name {
    Str text;
    enum invited_column column;   /* CLOSED: there is such a field, and no invitation fills it in */
    const struct field *field;    /* NULL: none */
    bool label;                   /* a name goes before a label that is the same word */
};
struct invited_language {
    Str text, code;
};
struct invited_terms {
    const struct directory *directory;
    const struct desk *desk;      /* whose roles can be given, and what who invites may give */
    const struct invited_name *names;
    size_t name_count;
    const struct invited_language *languages;
    size_t language_count;
};

enum invited_wrong {
    INVITED_NO_COLUMN,            /* no field has that name or label */
    INVITED_CLOSED_COLUMN,
    INVITED_TWO_FIELDS,           /* the label of more than one */
    INVITED_TWICE,                /* named before */
    INVITED_UNNAMED,              /* a cell in a column without a name */
    INVITED_NO_ADDRESS,           /* of a table's line */
    INVITED_STRAY,                /* beside addresses, without a line that names columns: neither an address nor a name before one */
    INVITED_VALUE,                /* as `problem` says */
    INVITED_NO_ROLE,
    INVITED_ROLE_RANK,            /* it may more than who invites */
    INVITED_NO_LANGUAGE,
    INVITED_QUOTE,
};
struct invited_problem {
    enum invited_wrong wrong;
    size_t line;                  /* from 1, of all lines of the text */
    Str column, typed;            /* as they stand there, cut like a typed line; empty: none */
    const struct field *field;    /* of INVITED_VALUE */
    FieldProblem problem;
};

struct invited_list {
    struct invited_entry *entries;        /* room for INVITED_AT_ONCE */
    size_t count;
    bool too_many;                        /* more than that; the first of them are there */
    struct invited_problem *problems;     /* room for INVITED_PROBLEMS_MAX */
    size_t problem_count;
    bool more_problems;
    Str head;                             /* the line that names the columns; STR_NONE: none */
};

/* A first line with a cell that is named like the column of addresses names the columns. Without such a line every address counts,
   however many stand in one, and a line without any is an entry without an address. Lines without anything are passed over. With a
   problem nothing of the list should be sent: it would be less than what was written. More than 50 words of roles on a line are a
   problem, and behind more_problems no cell but the address is read. */
struct invited_list invited_parse(struct arena *, const struct invited_terms *, Str text);
/* Whether an invitation may hold a first value of the field: not what proves itself, is unique, or is kept by the program. */
bool invited_may_prefill(const struct field *);

#endif
