/* A change: who wants which fields of whose profile to become what. Every door of the product (form, help desk, API, sync,
   script, import) fills one in and hands it to policy_decide. It decides nothing itself. */
#ifndef LATCHKEY_CHANGE_H
#define LATCHKEY_CHANGE_H

#include <jansson.h>
#include "base/arena.h"
#include "model/level.h"

struct change_item {
    Str field;                    /* the name as it came in, not yet known to exist */
    json_t *value;                /* as it came in; JSON null: "not set" */
};

struct change {
    struct arena *arena;
    enum actor actor;
    bool guest_desk;              /* ACTOR_DESK of an organization that is not the person's home: at most read */
    bool proven[3];               /* by enum proof: the mailbox or phone has proven itself in this very step */
    struct change_item *items;
    size_t count, room;
};

void change_init(struct change *, struct arena *, enum actor);
void change_put(struct change *, Str field, json_t *value);        /* keeps duplicates: the decision refuses them */
void change_put_text(struct change *, Str field, Str text);

#endif
