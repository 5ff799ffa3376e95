/* The one door to fcgiapp.h. One request at a time a process. */
#ifndef LATCHKEY_FCGI_H
#define LATCHKEY_FCGI_H

#include "http/reply.h"
#include "http/request.h"

struct fcgi;
MUST_USE Error fcgi_open(int listening_socket, struct fcgi **out);
/* Waits for the next request. ERR_EXPIRED: a signal asked to stop, or the socket is gone. */
MUST_USE Error fcgi_accept(struct fcgi *);
struct http_source fcgi_source(struct fcgi *);
void fcgi_send(struct fcgi *, Str head, Str body);   /* and finishes the request */
void fcgi_close(struct fcgi *);

#endif
