#include "account/sign_in_lift.h"

#include "account/session.h"
#include "account/sign_in_limit.h"
#include "account/throttle.h"

enum { A_DAY = 86400, ADDRESSES = 50 };

/* Longer than any count that was made before it, so that none of those is ever met again. */
static const struct bucket bucket = {"sign-in-lift", 7 * A_DAY};

static Str key_of(const struct visit *visit, int64_t account)
{
    return arena_print(visit->arena, "%lld", (long long)account);
}

Error sign_in_lifts(struct portal *portal, const struct visit *visit, int64_t account, int64_t *count)
{
    int64_t until = 0;
    return throttle_look(portal, visit, &bucket, key_of(visit, account), count, &until);
}

Error sign_in_paused(struct portal *portal, const struct visit *visit, const struct user *user, int64_t *until)
{
    Str names[SIGN_IN_NAMES];
    size_t size = sign_in_names(visit->arena, user, names);
    Error error = session_confirm_paused(portal, visit, user, until);
    for (size_t i = 0; !error && i < size; i++) {
        int64_t each = 0;
        error = sign_in_limit_paused(portal, visit, names[i], &each);
        if (each > *until) *until = each;
    }
    return error;
}

static Error read_addresses(struct portal *portal, const struct visit *visit, const struct user *user, Str out[ADDRESSES], size_t *count)
{
    struct rows rows;
    *count = 0;
    Error error = db_select(portal->db, STMT_audit_failed_addresses,
                            DB_ARGS(db_text(user->user_id), db_int(visit->now - A_DAY), db_int(ADDRESSES)), &rows);
    if (error) return error;
    while (*count < ADDRESSES && row_next(&rows)) out[(*count)++] = arena_copy(visit->arena, row_text(&rows, 0));
    return rows_end(&rows);
}

/* What is counted at an address is known to whoever comes from there: so it is forgotten as if each of them had. */
static Error forgive_everywhere(struct portal *portal, const struct visit *visit, const struct user *user)
{
    Str addresses[ADDRESSES];
    size_t count = 0;
    Error error = read_addresses(portal, visit, user, addresses, &count);
    if (!error) error = session_forgive(portal, visit, user);
    for (size_t i = 0; !error && i < count; i++) {
        struct visit there = *visit;
        there.peer = addresses[i];
        error = session_forgive(portal, &there, user);
    }
    return error;
}

Error sign_in_lift(struct portal *portal, const struct visit *visit, const struct user *user)
{
    int64_t count = 0, until = 0;
    Error error = forgive_everywhere(portal, visit, user);
    if (!error) error = session_confirm_forgive(portal, visit, user);
    return error ? error : throttle_count(portal, visit, &bucket, key_of(visit, user->id), &count, &until);
}
