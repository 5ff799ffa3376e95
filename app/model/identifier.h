/* What people are found by: e-mail addresses, phone numbers, usernames. One form to keep, one to compare. */
#ifndef LATCHKEY_IDENTIFIER_H
#define LATCHKEY_IDENTIFIER_H

#include "base/arena.h"

enum { EMAIL_LOCAL_MAX = 64, EMAIL_MAX = 254, USERNAME_MAX = 128, CALLING_CODE_MAX = 7 };

/* A strict subset of RFC 5321: dot-atom @ domain name of two labels or more. *address is lower case (ASCII), *key has the domain
   as A-labels (RFC 5891). */
MUST_USE bool email_parse(struct arena *, Str typed, Str *address, Str *key);
/* E.164, from what people write: blanks, - . ( ) fall away, nothing else is guessed. */
MUST_USE bool phone_parse(struct arena *, Str typed, Str *number);
/* Calling codes with blanks between them, like "44 49 1": a country's own, or with what tells regions of one number plan apart. */
bool calling_codes_are(Str codes);
bool calling_codes_cover(Str codes, Str number);  /* a number as phone_parse gives it; no codes cover every one */
/* Lower case; never to be taken for an e-mail address or a phone number. */
MUST_USE bool username_parse(struct arena *, Str typed, Str *name);
/* Two usernames that look the same to a hurried eye have the same one: never shown, never signed in with. Unicode UTS #39, as far
   as the letters of a username go, with capitals and small letters taken as one. */
Str username_skeleton(struct arena *, Str name);

#endif
