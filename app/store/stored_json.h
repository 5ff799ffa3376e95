/* JSON out of the store's columns. It was checked when it was written, so anything wrong with it is a fault of ours. */
#ifndef LATCHKEY_STORED_JSON_H
#define LATCHKEY_STORED_JSON_H

#include <jansson.h>
#include "model/rules.h"

/* `what` and `name` say in the log whose it is. *out lives in the arena; an object always, else ERR_FAULT. */
MUST_USE Error stored_object(struct arena *, Str text, const char *what, Str name, json_t **out);
/* Likewise, but NULL for {}: nothing is parsed for the many that say nothing. */
MUST_USE Error stored_object_or_none(struct arena *, Str text, const char *what, Str name, json_t **out);
MUST_USE Error stored_rules(struct arena *, Str text, const char *what, Str name, struct rules *out);

#endif
