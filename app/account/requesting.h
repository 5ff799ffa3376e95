/* What making and deciding a field request share. For account/field_request*.c. */
#ifndef LATCHKEY_REQUESTING_H
#define LATCHKEY_REQUESTING_H

#include "account/field_request.h"

/* One row of FIELD_REQUEST_ROWS. */
void requesting_read(const struct portal *, struct arena *, const struct rows *, struct field_request *out);
/* What an audit row of a request is about: the field's name, never a value. */
json_t *requesting_list(Str field);

#endif
