/* The Plural-Forms expression of a gettext catalogue: C operators over n, parsed once into a bounded tree. */
#ifndef LATCHKEY_PLURAL_H
#define LATCHKEY_PLURAL_H

#include "base/str.h"

enum { PLURAL_FORMS = 8, PLURAL_NODES = 200, PLURAL_DEPTH = 40 };

struct plural_node {
    unsigned char operator;
    unsigned char a, b, c;        /* indexes of the operands */
    uint32_t number;
};

struct plural {
    unsigned forms;
    unsigned char root;
    unsigned char count;
    struct plural_node node[PLURAL_NODES];
};

/* "nplurals=2; plural=(n != 1);". False: malformed, too large, or it names a form that is not there. */
MUST_USE bool plural_parse(Str value, struct plural *out);
/* Below `forms` for every n. */
unsigned plural_form(const struct plural *, uint64_t n);

#endif
