#include "account/inviting.h"
#include "account/outbox.h"
#include "account/proving.h"
#include "base/utf8.h"
#include "model/identifier.h"

static Error read_all(const struct visit *visit, struct rows *rows, struct invitation *out, Str *inviters, size_t room, size_t *count,
                      bool *older)
{
    while (row_next(rows)) {
        struct inviting inviting;
        *older = *count == room;
        if (*older) continue;
        Error error = inviting_read(visit, rows, &inviting);
        if (error) return error;
        inviters[*count] = inviting.inviter;
        out[(*count)++] = inviting.invitation;
    }
    return OK;
}

static Error look_for_bounces(struct portal *portal, const struct visit *visit, struct invitation *list, size_t count)
{
    Error error = OK;
    for (size_t i = 0; !error && i < count; i++) error = address_is_bouncing(portal, visit->arena, list[i].email, &list[i].bouncing);
    return error;
}

struct asked {
    Str inviter;
    Permissions may;
};

static Error ask(struct portal *portal, const struct visit *visit, const struct desk *desk, Str inviter, struct asked *list, size_t *count,
                 Permissions *may)
{
    for (size_t i = 0; i < *count; i++) {
        if (!str_eq(list[i].inviter, inviter)) continue;
        *may = list[i].may;
        return OK;
    }
    Error error = inviter_may(portal, visit, inviter, desk->name, may);
    if (!error && *count < INVITATION_PAGE) list[(*count)++] = (struct asked){.inviter = inviter, .may = *may};
    return error;
}

/* Few people send many: nobody is asked for twice. */
static Error look_for_inviters(struct portal *portal, const struct visit *visit, const struct desk *desk, const Str *inviters,
                               struct invitation *list, size_t count)
{
    Error error = OK;
    Permissions may = 0;
    struct asked asked[INVITATION_PAGE];
    size_t known = 0;
    for (size_t i = 0; !error && i < count; i++) {
        if (!str_is(list[i].state, "pending")) continue;
        error = ask(portal, visit, desk, inviters[i], asked, &known, &may);
        list[i].orphaned = !(may & permission_bit("create:invitations"));
    }
    return error;
}

static Error finish(struct portal *portal, const struct visit *visit, const struct desk *desk, struct rows *rows, struct invitation *out,
                    size_t room, size_t *count, bool *more)
{
    Str *inviters = ARENA_ARRAY(visit->arena, Str, room);
    Error bad = read_all(visit, rows, out, inviters, room, count, more), error = rows_end(rows);
    if (error || bad) return error ? error : bad;
    error = look_for_inviters(portal, visit, desk, inviters, out, *count);
    return error ? error : look_for_bounces(portal, visit, out, *count);
}

Error invitation_list(struct portal *portal, const struct visit *visit, const struct desk *desk, Str state, int64_t before,
                      struct invitation *out, size_t room, size_t *count, bool *older)
{
    struct rows rows;
    *count = 0;
    *older = false;
    Error error = db_select(portal->db, STMT_invitation_page,
                            DB_ARGS(db_int(desk->organization), db_int(before), db_text(state.p ? state : STR("")),
                                    db_int(visit->now), db_int((int64_t)room + 1)), &rows);
    return error ? error : finish(portal, visit, desk, &rows, out, room, count, older);
}

/* Keys are of small letters and signs of ASCII (model/identifier.h), and what begins alike stands together. */
Error invitation_search(struct portal *portal, const struct visit *visit, const struct desk *desk, Str typed, struct invitation *out,
                        size_t room, size_t *count, bool *more)
{
    struct rows rows;
    Str kept, key;
    *count = 0;
    *more = false;
    if (!email_parse(visit->arena, typed, &kept, &key)) key = utf8_ascii_lower(visit->arena, str_trim(typed));
    if (!key.n || key.n > EMAIL_MAX || !utf8_is_ascii(key)) return OK;
    Error error = db_select(portal->db, STMT_invitation_search,
                            DB_ARGS(db_int(desk->organization), db_text(key), db_text(arena_join(visit->arena, key, STR("\x7f"))),
                                    db_int((int64_t)room + 1)), &rows);
    return error ? error : finish(portal, visit, desk, &rows, out, room, count, more);
}

Error invitation_find(struct portal *portal, const struct visit *visit, Str secret, struct invitation *out)
{
    struct inviting inviting = {.email_key = STR("")};
    Error error = inviting_find(portal, visit, secret, &inviting);
    *out = inviting.invitation;
    return error;
}

bool invitation_fits(struct portal *portal, struct arena *arena, const struct invitation *invitation, const struct user *user)
{
    Str kept, own, invited, address = proving_value(portal, arena, "email", user);
    return address.n && email_parse(arena, address, &kept, &own) && email_parse(arena, invitation->email, &kept, &invited) &&
           str_eq(own, invited);
}
