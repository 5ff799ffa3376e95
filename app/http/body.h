/* The body of a request: read, measured, and taken apart by its type. */
#ifndef LATCHKEY_BODY_H
#define LATCHKEY_BODY_H

#include "http/request.h"

/* Fills in body, content_type and form. 0, or the status to refuse the request with. */
MUST_USE int body_read(const struct http_source *, struct request *);

#endif
