#include "model/change.h"

#include <string.h>
#include "base/json_memory.h"

enum { FIRST_ROOM = 16 };

void change_init(struct change *change, struct arena *arena, enum actor actor)
{
    *change = (struct change){.arena = arena, .actor = actor};
}

static void make_room(struct change *change)
{
    if (change->count < change->room)
        return;
    size_t room = change->room ? change->room * 2 : FIRST_ROOM;
    struct change_item *items = ARENA_ARRAY(change->arena, struct change_item, room);
    if (change->count)
        memcpy(items, change->items, change->count * sizeof *items);
    change->items = items;
    change->room = room;
}

void change_put(struct change *change, Str field, json_t *value)
{
    make_room(change);
    change->items[change->count++] = (struct change_item){.field = field, .value = value ? value : json_null()};
}

/* Unchecked on purpose: bytes that are no UTF-8 must reach the field's own check and be refused there. A checked text would
   come back as NULL, and that means "not set". */
void change_put_text(struct change *change, Str field, Str text)
{
    struct arena *before = json_memory_use(change->arena);
    change_put(change, field, json_stringn_nocheck(text.p ? text.p : "", text.n));
    json_memory_use(before);
}
