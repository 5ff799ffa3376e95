/* A message as RFC 5322 and MIME want it: two parts, text and HTML, that say the same; the second with its picture, if it has one
   (multipart/related, RFC 2387). */
#ifndef LATCHKEY_MESSAGE_H
#define LATCHKEY_MESSAGE_H

#include "base/arena.h"
#include "net/target.h"

struct mail {
    struct mailbox from;
    Str to;                       /* an address, ASCII */
    Str subject;
    Str language;                 /* "de" */
    Str id;                       /* letters, digits, - and _; with the sender's domain it becomes the Message-ID */
    int64_t at;                   /* when it was written */
    Str text, html;               /* UTF-8 */
    Str mark;                     /* a PNG that the HTML shows as cid:mark@latchkey; empty: none */
};

/* ERR_INVALID: something would break a header (control characters, line separators, marks of direction; not UTF-8), or a part is
   missing. Whatever comes in, what goes out is ASCII in lines of at most 78 characters that end in CR LF; a sender's or
   recipient's address alone may make one longer, never above 998. */
MUST_USE Error message_write(struct arena *, const struct mail *, Str *out);

#endif
