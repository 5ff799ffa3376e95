/* One request being answered: what a page's handler gets. */
#ifndef LATCHKEY_EXCHANGE_H
#define LATCHKEY_EXCHANGE_H

#include "account/desk.h"
#include "account/look.h"
#include "account/profile.h"
#include "account/session.h"
#include "http/reply.h"
#include "http/request.h"
#include "view/view.h"

enum guard {
    GUARD_OPEN,                   /* anybody */
    GUARD_HELD,                   /* signed in, also while something holds the person up (page/hold.h) */
    GUARD_SESSION,                /* signed in and held up by nothing; else 303 to /login?next= (GET), to /login (POST), or to what holds
                                     the person up; so do the guards below */
    GUARD_FRESH,                  /* and the password was given in the last fresh_seconds; else 303 to /reauthenticate?next= and
                                     nothing is carried out; what a POST brought comes back in `typed` of the page */
    GUARD_DESK,                   /* signed in and behind the desk of the path's organization with the route's permission: else 404 to who
                                     is no member, 403 to who is */
};

struct exchange {
    struct arena *arena;
    struct portal *portal;
    const struct view *view;
    const struct request *request;
    struct reply *reply;
    const struct catalog *language;
    const struct route *route;
    struct visit visit;
    struct session session;
    bool signed_in;
    Str token_binding;            /* what this visitor's form tokens are bound to */
    struct form typed;            /* GET of a GUARD_FRESH page: what was sent before the password had to be given again, never
                                     passwords or codes; usually empty */
    struct look look;             /* the portal's, or that of the organization whose flow this is */
    struct desk desk;             /* GUARD_DESK */
    int64_t requests_waiting;     /* said in the desk's side list; 0: none, or this page does not know */
    Str segment[2];               /* what stood at {…} of the route's path; percent-decoded */
};

struct route {
    const char *name;
    enum method method;
    const char *path;             /* segments; {…} matches one */
    enum guard guard;
    bool csrf;                    /* false for the few POSTs that need none; lint keeps the list */
    const char *permission;       /* GUARD_DESK: what it needs (model/permission.h), NULL: any at all; else NULL */
    Error (*handler)(struct exchange *);
};

extern const struct route routes[];
extern const size_t route_count;

/* Everything between a request and its reply: language, session, route, guard, form token, handler, error pages. The one entry
   for the worker, the golden pages and the loops of the tests. */
void page_answer(struct portal *, const struct view *, const struct request *, struct reply *);

/* For handlers. */
struct page *exchange_page(struct exchange *, const char *template_name, const char *title);   /* frame filled in */
void exchange_send(struct exchange *, struct page *, int status);
Error exchange_error(struct exchange *, int status);          /* the error page of that status; returns OK */
Str exchange_text(struct exchange *, const char *english);
Str exchange_fill(struct exchange *, const char *english, const char *name, Str value);    /* one {NAME} filled in */
/* A page that only says something: a title, a sentence and the way on, all in the page's language. Returns OK. */
Error exchange_say(struct exchange *, int status, const char *title, Str text, const char *way, Str way_path);
/* The status line at the top of the page. */
void exchange_notice(struct page *, Str text);

#endif
