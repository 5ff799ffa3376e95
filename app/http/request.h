/* A request, checked: what the handlers see. Bytes that break HTTP or this program's limits never get here; they were answered
   400, 405, 413 or 415 by request_read. Everything lives in the request's arena. */
#ifndef LATCHKEY_REQUEST_H
#define LATCHKEY_REQUEST_H

#include "base/arena.h"

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHODS };

enum { /* limits; nginx.conf.example sets the same or tighter ones (client_max_body_size, large_client_header_buffers) */
    LIMIT_PATH = 1024, LIMIT_QUERY = 4096, LIMIT_COOKIES = 8192, LIMIT_FORM = 64 * 1024, LIMIT_FORM_FIELDS = 100,
    LIMIT_FORM_NAME = 100, LIMIT_UPLOAD = 2 * 1024 * 1024,
};

typedef struct Param {
    Str name, value;              /* decoded, valid UTF-8, CR LF made LF */
    Str file_name, file_type;     /* multipart files only: as sent, never trusted */
} Param;

struct form {
    const Param *list;
    size_t count;
};

struct request {
    struct arena *arena;
    enum method method;
    Str path;                     /* decoded and canonical: begins with '/', no '//', no dot segments, no control bytes */
    Str raw_path;                 /* as sent, without the query: for links back to here */
    struct form query, form, cookies;
    Str body, content_type;       /* the whole body; type in lower case without parameters */
    Str peer;                     /* the client's address, from our own PORTAL_PEER parameter; empty when `local` */
    bool local;                   /* from a program on this machine that may open nginx's socket or ours: PORTAL_PEER is "unix:" */
    Str accept_language, user_agent, accept;   /* capped at 256 bytes, forbidden characters gone */
    Str origin, fetch_site, authorization;     /* as sent, no control characters; STR_NONE when absent */
    Str id;                       /* 16 hex digits, new for each request */
    int refused;                  /* 0, or the status to answer with instead of dispatching */
};

/* FastCGI parameters by name: FCGX_GetParam for real, a table in tests. NULL: absent. `read` fills at most `room` bytes of the
   body and returns how many (0: end). `repeats` (NULL: none does) tells whether a name was sent more than once: older nginx
   passes each Cookie header on by itself (E2). */
struct http_source {
    const char *(*param)(void *self, const char *name);
    size_t (*read)(void *self, char *into, size_t room);
    void *self;
    bool (*repeats)(void *self, const char *name);
};
void request_read(struct arena *, const struct http_source *, struct request *out);

/* Parsers, each bounded; false: malformed or over a limit. Exposed for tests and fuzzing. */
MUST_USE bool form_parse(struct arena *, Str text, struct form *out);     /* application/x-www-form-urlencoded, queries */
MUST_USE bool multipart_parse(struct arena *, Str body, Str boundary, struct form *out);         /* RFC 7578 */
/* RFC 6265; one of ours twice is malformed (E2), of others the first counts. */
MUST_USE bool cookies_parse(struct arena *, Str header, struct form *out);
MUST_USE bool path_parse(struct arena *, Str raw, Str *out);                                     /* K13 */

/* The one value of a name. STR_NONE when it is absent, is a file's (whose bytes are no text) or was sent twice: then form_repeats
   says so. */
Str form_get(const struct form *, const char *name);
Str form_get_str(const struct form *, Str name);
bool form_has(const struct form *, Str name);
bool form_repeats(const struct form *, Str name);
bool form_has_repeats(const struct form *);                  /* any name */

#endif
