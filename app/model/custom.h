/* Field definitions of the operator (`latchkey apply`, "fields"), one at a time. */
#ifndef LATCHKEY_CUSTOM_H
#define LATCHKEY_CUSTOM_H

#include "model/field.h"
#include "model/problem.h"

enum { CUSTOM_FIELDS_MAX = 200, CUSTOM_CHOICES_MAX = 200, CUSTOM_VALUE_BYTES = 2048 };

/* user_metadata.KEY or app_metadata.KEY with a key of letters, digits, _ and -, at most 60, none of the reserved. */
bool custom_name_is_valid(Str name);
/* Keys of app_metadata that belong to the program (domain.md §1.4). */
bool custom_key_is_reserved(Str key);
/* False: each reason is in `problems`. *out points into `definition`. */
MUST_USE bool custom_field_read(struct arena *, const json_t *definition, Str place, struct problems *, struct field *out);

#endif
