/* Bytes to text and back. Decoders take hostile input: false leaves *out untouched. */
#ifndef LATCHKEY_ENCODE_H
#define LATCHKEY_ENCODE_H

#include "base/arena.h"

Str hex_encode(struct arena *, Str bytes);                       /* lower case */
MUST_USE bool hex_decode(struct arena *, Str text, Str *out);    /* either case, even length */
Str base64url_encode(struct arena *, Str bytes);                 /* RFC 4648 §5, no padding */
MUST_USE bool base64url_decode(struct arena *, Str text, Str *out);   /* canonical only: no padding, no stray bits */
MUST_USE bool base64_decode(struct arena *, Str text, Str *out);      /* RFC 4648 §4, padding optional */
/* Everything but ALPHA DIGIT - . _ ~ becomes %XX (RFC 3986 §2.3). */
Str percent_encode(struct arena *, Str);
/* %XX anywhere; with `plus`, '+' is a blank (forms). A malformed escape or %00 is refused. */
MUST_USE bool percent_decode(struct arena *, Str text, bool plus, Str *out);

#endif
