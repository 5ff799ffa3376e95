/* A portal in memory with people in it, for tests that ask for pages as a browser does. Everything here fails the running test
   when it cannot be had. Templates, languages and static files are the built ones, so that what is tested is what is shipped. */
#ifndef LATCHKEY_PAGE_SUPPORT_H
#define LATCHKEY_PAGE_SUPPORT_H

#include "page/exchange.h"

struct stage {
    struct arena *lasting, *arena;       /* the portal's; the running request's and its reply's */
    struct options options;
    struct portal portal;
    struct view *view;
    struct request request;
    struct reply reply;
    Str head;                            /* the last reply's */
    struct {
        char sid[64], pre[64], lang[8];
        struct { char name[16], value[4096]; } others[4];   /* "reset" …; an empty name: free */
    } cookies;
    char token[64];                      /* `csrf` of the last page that had one */
};

/* The store holds what `json` (as for latchkey apply) says; NULL: the people of page_support.c. Every password is "correct". */
void stage_open(struct stage *, const char *json);
void stage_close(struct stage *);

/* One request: "GET /profile?x=y", further lines of headers ("Cookie: …"; without one the stage's cookies are sent), an empty
   line, the body. {csrf} in the body becomes the last page's token. A POST is a form unless a header says otherwise. */
Str stage_ask(struct stage *, const char *request);
Str stage_ask_bytes(struct stage *, Str request);
/* multipart/form-data with the token, `more` ("a=b&c=d", as it is) and a file of that name; STR_NONE: without one. */
Str stage_upload(struct stage *, const char *path, const char *name, Str file, const char *more);
Str stage_get(struct stage *, const char *path);
Str stage_post(struct stage *, const char *path, const char *body);      /* csrf=…& goes before the body */
/* A session for the person, without the sign-in page; the next page's token is ready. */
void stage_sign_in(struct stage *, const char *identifier);
/* What the browser keeps under a name of `others`; STR_NONE: nothing. */
Str stage_cookie(const struct stage *, const char *name);
/* Another browser: no cookies. */
void stage_forget(struct stage *);

bool text_has(Str text, const char *words);
Str text_replaced(struct arena *, Str text, Str what, const char *with);
/* "application/x-www-form-urlencoded" of one name and value. */
Str form_pair(struct arena *, const char *name, Str value);
/* Head and body with what differs from run to run (cookies, tokens, numbers of requests, fingerprints, times) replaced. */
Str stage_masked(struct stage *);

#endif
