#include "account/namesake.h"

#include "account/look.h"
#include "account/password_policy.h"
#include "store/user_store.h"

enum { LOOKED_AT = 16 };

struct calling {
    struct portal *portal;
    const struct visit *visit;
    const struct called *called;
    struct namesake found[LOOKED_AT];
    size_t count;
};

static Error admit(struct calling *calling, int64_t account)
{
    struct admission admission = {0};
    struct namesake *next = &calling->found[calling->count];
    int64_t organization = calling->called->organization;
    Error error = organization ? look_admits(calling->portal, calling->visit, organization, account, &admission) : OK;
    if (!error) error = user_get(calling->portal->db, calling->visit->arena, account, &next->user);
    if (error) return error == ERR_NOT_FOUND ? OK : error;
    next->member = admission.member;
    next->suspended = admission.suspended;
    calling->count++;
    return OK;
}

static Error read_all(struct calling *calling)
{
    int64_t accounts[LOOKED_AT], connection = 0;
    size_t count = 0;
    if (calling->called->connection.n) {
        const struct connection *named = directory_connection_named(&calling->portal->directory, calling->called->connection);
        if (!named) return OK;
        connection = named->id;
    }
    if (!calling->called->key.n) return OK;
    Error error = users_by_identifier(calling->portal->db, calling->visit->arena, calling->called->key, connection, accounts,
                                      LOOKED_AT, &count);
    for (size_t i = 0; !error && i < count; i++) error = admit(calling, accounts[i]);
    return error;
}

typedef bool (*IsWanted)(const struct calling *, const struct namesake *);

/* Nothing changes when it would leave nobody. */
static void keep_only(struct calling *calling, IsWanted is_wanted)
{
    size_t kept = 0;
    for (size_t i = 0; i < calling->count; i++) {
        if (is_wanted(calling, &calling->found[i])) calling->found[kept++] = calling->found[i];
    }
    if (kept) calling->count = kept;
}

static bool has_password_here(const struct calling *calling, const struct namesake *each)
{
    return each->user.password_hash.n || password_is_kept_here(calling->portal, &each->user);
}

static bool is_address_of(const struct calling *calling, const struct namesake *each)
{
    const char *email = json_string_value(json_object_get(each->user.profile, "email"));
    return str_eq(identifier_key(calling->visit->arena, str_of(email)), calling->called->key);
}

static bool is_confirmed(const struct namesake *each)
{
    return json_is_true(json_object_get(each->user.profile, "email_verified"));
}

/* Nobody proves to be called by a username, and numbers are looked up only where they are proven (store/profile.c). */
static bool is_no_pretender(const struct calling *calling, const struct namesake *each)
{
    return is_confirmed(each) || !is_address_of(calling, each);
}

static void drop_pretenders(struct calling *calling)
{
    bool confirmed = false;
    for (size_t i = 0; i < calling->count; i++) {
        const struct namesake *each = &calling->found[i];
        confirmed = confirmed || (is_confirmed(each) && is_address_of(calling, each));
    }
    if (confirmed) keep_only(calling, is_no_pretender);
}

static int rank(const struct namesake *each)
{
    return (each->user.password_hash.n ? 2 : 0) + (each->member ? 1 : 0);
}

Error namesakes_find(struct portal *portal, const struct visit *visit, const struct called *called, struct namesakes *out)
{
    struct calling calling = {.portal = portal, .visit = visit, .called = called};
    out->count = 0;
    Error error = read_all(&calling);
    if (error) return error;
    keep_only(&calling, has_password_here);
    drop_pretenders(&calling);
    for (int wanted = 3; wanted >= 0; wanted--)
        for (size_t i = 0; i < calling.count && out->count < NAMESAKES; i++)
            if (rank(&calling.found[i]) == wanted) out->list[out->count++] = calling.found[i];
    return OK;
}
