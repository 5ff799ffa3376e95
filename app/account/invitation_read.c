#include "account/inviting.h"
#include "account/proving.h"
#include "model/identifier.h"

static Error read_all(const struct visit *visit, struct rows *rows, struct invitation *out, size_t room, size_t *count, bool *older)
{
    while (row_next(rows)) {
        struct inviting inviting;
        *older = *count == room;
        if (*older) continue;
        Error error = inviting_read(visit, rows, &inviting);
        if (error) return error;
        out[(*count)++] = inviting.invitation;
    }
    return OK;
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
    if (error) return error;
    Error bad = read_all(visit, &rows, out, room, count, older);
    error = rows_end(&rows);
    return error ? error : bad;
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
