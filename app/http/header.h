/* Values of header lines: parameters and cleaning (RFC 9110 §5.6). */
#ifndef LATCHKEY_HEADER_H
#define LATCHKEY_HEADER_H

#include "base/arena.h"

bool header_has_control(Str value);              /* C0 (also TAB) and DEL */
bool header_is_token(Str text);                  /* one or more tchar */
/* At most 256 bytes, only whole, valid, unforbidden characters: to keep, compare and show. */
Str header_clean(struct arena *, Str value);
/* Finds one of the parameters in `; name=value; name="value"`, the name in either case. *out is STR_NONE when it is absent.
   False: malformed, or there twice. A backslash in a quoted value stands for itself, as browsers mean it. */
MUST_USE bool header_param(Str params, const char *name, Str *out);

#endif
