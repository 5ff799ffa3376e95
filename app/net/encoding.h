/* Text as mail carries it: lines end in CR LF, are short, and hold visible ASCII alone. */
#ifndef LATCHKEY_ENCODING_H
#define LATCHKEY_ENCODING_H

#include "base/arena.h"

/* A body (RFC 2045 §6.7, §6.8). Line ends of every kind become CR LF. No line begins with a dot or with "From ". */
void encode_quoted_printable(struct text *, Str body);
void encode_base64(struct text *, Str body);     /* in lines of 76 */
void encode_bytes(struct text *, Str bytes);     /* the same of what is no text: as it is */
/* The shorter way for people's eyes and for programs: mostly ASCII is left readable. */
bool encode_is_readable(Str body);

/* A header's value from `column` on, folded (RFC 5322 §2.2.3) where it is plain, as encoded words (RFC 2047) where it is not.
   UTF-8 without control characters. Returns the column it ends at. */
size_t encode_header(struct text *, size_t column, Str value);
/* The same for the name of a mailbox: in quotes where it has specials. */
size_t encode_phrase(struct text *, size_t column, Str name);
/* A word that may go to a line of its own. */
size_t encode_word(struct text *, size_t column, Str word);

#endif
