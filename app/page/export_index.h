/* The page of a person's export that they read without this portal: one file, in their language, from the same JSON that lies beside it
   (account/export_data.h). */
#ifndef LATCHKEY_EXPORT_INDEX_H
#define LATCHKEY_EXPORT_INDEX_H

#include "account/export_data.h"
#include "view/view.h"

enum { EXPORT_EVENTS_SHOWN = 200 };

struct export_index {
    const struct catalog *language;
    const struct user *user;
    const json_t *account;        /* export_account */
    const struct activity *events;    /* the newest */
    size_t event_count;
    bool older;                   /* there are more than these */
    bool picture;                 /* picture.png lies beside it */
};
/* In the visit's arena. ERR_FAULT: it cannot be rendered; logged. */
MUST_USE Error export_index_write(struct portal *, const struct view *, const struct visit *, const struct export_index *, Str *out);

#endif
