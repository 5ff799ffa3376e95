/* The one door to fcgiapp.h. One request at a time a process. */
#ifndef LATCHKEY_FCGI_H
#define LATCHKEY_FCGI_H

#include "http/reply.h"
#include "http/request.h"

struct fcgi;
MUST_USE Error fcgi_open(int listening_socket, struct fcgi **out);
/* Waits for the next connection. ERR_EXPIRED: fcgi_stop was called, a signal came, or the socket is gone. */
MUST_USE Error fcgi_wait(struct fcgi *);
/* Reads what stands before the body. ERR_INVALID: it is no FastCGI; the connection is closed. */
MUST_USE Error fcgi_begin(struct fcgi *);
/* Both, until there is a request. */
MUST_USE Error fcgi_accept(struct fcgi *);
/* For a signal's handler (installed with SA_RESTART, so that it cuts nothing else short): the wait ends, this one or the next,
   and the listening socket's descriptor is gone. */
void fcgi_stop(void);
struct http_source fcgi_source(struct fcgi *);
void fcgi_send(struct fcgi *, Str head, Str body);   /* and finishes the request */
/* Likewise with the next `size` bytes of a file, piece by piece. One that ends earlier ends the reply there. */
void fcgi_send_file(struct fcgi *, Str head, int file, int64_t size);
void fcgi_close(struct fcgi *);

#endif
