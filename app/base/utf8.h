/* UTF-8 as RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef LATCHKEY_UTF8_H
#define LATCHKEY_UTF8_H

#include "base/arena.h"

MUST_USE bool utf8_is_valid(Str);
bool utf8_is_ascii(Str);
/* Decodes one character at *at and moves *at behind it. False at the end or on a malformed sequence. */
MUST_USE bool utf8_next(Str text, size_t *at, uint32_t *character);
size_t utf8_length(Str valid);                   /* code points */
/* Characters that have no business in a stored text: C0 and C1 controls, DEL, noncharacters, bidirectional overrides and
   isolates, U+2028/2029, U+FEFF. With `lines`, LF is allowed (CR LF must have been made LF before). */
bool utf8_has_forbidden(Str valid, bool lines);
bool utf8_is_mark(uint32_t character);            /* combines with what stands before it (categories Mn, Mc, Me) */
Str utf8_fold(struct arena *, Str valid);        /* NFKC + case folding without ignorable characters: to compare, never to show */
Str utf8_fold_bare(struct arena *, Str valid);   /* NFKD + case folding without ignorable characters and marks: to search */
bool utf8_is_visible(Str valid);                  /* at least one letter, digit, punctuation mark or symbol that leaves ink */
bool utf8_is_letter(uint32_t character);          /* or a digit, of any script */
Str utf8_nfc(struct arena *, Str valid);
Str utf8_ascii_lower(struct arena *, Str);

#endif
