/* A reply being built. Sent whole or not at all. Security headers are added to every one by reply_head. */
#ifndef LATCHKEY_REPLY_H
#define LATCHKEY_REPLY_H

#include "base/arena.h"

struct reply {
    struct arena *arena;
    int status;                   /* 200 unless set */
    Str type;                     /* "text/html; charset=utf-8" unless set */
    Str body;
    int file;                     /* a descriptor, open for reading, that is sent instead of the body and closed then; -1: none */
    int64_t file_size;
    struct text headers;          /* further lines, each ending in CR LF */
    bool no_referrer;             /* pages that hold a token: Referrer-Policy no-referrer instead of same-origin */
    bool clear_site_data;         /* after signing out; cookies are ended by name */
    bool lasting;                 /* the address names just this content, the same for everybody: browsers keep it for a year */
};

void reply_init(struct reply *, struct arena *);
/* A value with a control character in it is a fault of ours: the header is left out and logged. */
void reply_header(struct reply *, const char *name, Str value);
void reply_see_other(struct reply *, Str location);             /* 303; location is a path of ours */
void reply_retry_after(struct reply *, int status, int64_t seconds);   /* 429 or 503 */
/* __Host-NAME with Secure over https, NAME on http://localhost; HttpOnly, SameSite=Lax, Path=/. `seconds` 0: for the browser
   session; negative: delete. */
void reply_cookie(struct reply *, bool https, const char *name, Str value, int64_t seconds);
Str cookie_name(struct arena *, bool https, const char *name);
/* Status line and all headers as CGI wants them ("Status: 200\r\n…\r\n\r\n"). HEAD: the caller leaves the body away. */
Str reply_head(struct reply *, bool https);
const char *status_text(int status);

#endif
