/* Whom somebody wants to invite, out of a list as people paste it: one address a line, "Name <address>", or a table with commas,
   semicolons or tabs (RFC 4180 quotes). Input is hostile: bounded, and each line stands or falls by itself. */
#ifndef LATCHKEY_INVITED_H
#define LATCHKEY_INVITED_H

#include "account/invitation.h"
#include "model/field.h"

struct invited_entry {
    Str typed;                    /* as it stood there, cut to INVITED_TYPED_MAX bytes at a character */
    Str address, key;             /* model/identifier.h; STR_NONE: no address can be read there */
    json_t *prefilled;            /* { field: text } of the table's columns with a value; NULL: none */
};
enum { INVITED_TYPED_MAX = 100 };

/* A first line with a cell "email" names the columns; others that are named like a field hold first values of it. Without such a line
   every address counts, however many stand in one. Lines without anything are passed over. False: more than INVITED_AT_ONCE; *count
   is as many as were read. */
MUST_USE bool invited_parse(struct arena *, const struct fields *, Str text, struct invited_entry out[INVITED_AT_ONCE], size_t *count);
/* Whether an invitation may hold a first value of the field: not what proves itself, is unique, or is kept by the program. */
bool invited_may_prefill(const struct field *);

#endif
