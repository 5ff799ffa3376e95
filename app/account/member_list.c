#include "account/member_reading.h"

#include "account/member_shown.h"
#include "account/organization.h"
#include "base/encode.h"

/* --- what is wanted --- */

static Error want_state(struct member_reading *reading, Str state)
{
    static const char *const states[] = {"active", "suspended", "blocked", "deletion"};
    if (!state.n) return OK;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (!str_is(state, states[i])) continue;
        reading->exact[reading->exact_count++] = arena_print(reading->arena, "s:%s", states[i]);
        return OK;
    }
    return ERR_INVALID;
}

static Error want_role(struct member_reading *reading, Str name)
{
    if (!name.n) return OK;
    const struct role *role = directory_role(&reading->portal->directory, reading->desk->organization, name);
    if (!role) return ERR_INVALID;
    reading->exact[reading->exact_count++] = arena_print(reading->arena, "r:%lld", (long long)role->id);
    return OK;
}

/* One that the organization has not enabled is like one that no member has: which there are is nobody's business here. */
static Error want_connection(struct member_reading *reading, Str name)
{
    const struct connection *list[ORGANIZATION_CONNECTIONS_MAX];
    size_t count = 0;
    int64_t id = 0;
    if (!name.n) return OK;
    Error error = organization_connections(reading->portal, reading->desk->organization, list, ORGANIZATION_CONNECTIONS_MAX, &count);
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i]->source.name, name)) id = list[i]->id;
    reading->exact[reading->exact_count++] = arena_print(reading->arena, "c:%lld", (long long)id);
    return error;
}

/* False: something was typed, but nobody's name can begin so. */
static bool want_words(struct member_reading *reading, Str q)
{
    Str words[SEARCH_WORDS_MAX];
    reading->beginning_count = search_words(reading->arena, q, words, SEARCH_WORDS_MAX);
    for (size_t i = 0; i < reading->beginning_count; i++) reading->beginnings[i] = member_term_of(reading->arena, words[i]);
    return reading->beginning_count || !str_trim(q).n;
}

static Error find_ways(struct member_reading *reading, bool *can_be)
{
    Error error = OK;
    for (size_t i = 0; i < reading->exact_count; i++) member_way_exact(reading, reading->exact[i]);
    for (size_t i = 0; !error && *can_be && i < reading->beginning_count; i++)
        error = member_way_beginning(reading, reading->beginnings[i], can_be);
    return error;
}

/* --- where a page begins: sealed, so that nobody reads numbers of accounts in it, and none is made by hand or for another list --- */

static Str list_of(const struct member_reading *reading)
{
    return arena_print(reading->arena, "members %lld %d", (long long)reading->desk->organization, (int)reading->sort);
}

static Str write_place(const struct member_reading *reading, const struct member_place *place)
{
    Str plain = arena_print(reading->arena, "%lld,%lld,%.*s", (long long)place->account, (long long)place->joined,
                            STR_ARGS(place->name));
    return base64url_encode(reading->arena, keys_seal(reading->arena, reading->portal->keys, plain, list_of(reading)));
}

static Error read_place(const struct member_reading *reading, Str after, struct member_place *out)
{
    Str sealed, plain;
    if (after.n > 1024 || !base64url_decode(reading->arena, after, &sealed)) return ERR_INVALID;
    if (!keys_open_sealed(reading->arena, reading->portal->keys, sealed, list_of(reading), &plain)) return ERR_INVALID;
    if (!str_to_int(str_cut(&plain, ','), &out->account) || !str_to_int(str_cut(&plain, ','), &out->joined)) return ERR_INVALID;
    out->name = plain.p ? plain : STR("");
    return OK;
}

/* --- reading --- */

static Error read_total(struct member_reading *reading, int64_t *total)
{
    struct rows rows;
    Error error = db_select(reading->portal->db, STMT_member_total, DB_ARGS(db_int(reading->desk->organization)), &rows);
    if (error) return error;
    bool found = row_next(&rows);
    if (found) {
        *total = row_int(&rows, 0);
        reading->generation = row_int(&rows, 1);
    }
    error = rows_end(&rows);
    return error || found ? error : ERR_NOT_FOUND;
}

/* The page of a whole list is counted off in its index, from the nearer end. */
static Error count_off_all(struct member_reading *reading, int64_t total)
{
    bool by_age = member_by_age(reading->sort);
    int64_t before = member_downwards(reading->sort) ? total - reading->skip : reading->skip - 1, after = total - 1 - before;
    enum statement statement = by_age ? STMT_member_age_at : STMT_member_name_at;
    if (after < before) statement = by_age ? STMT_member_age_at_down : STMT_member_name_at_down;
    struct rows rows;
    Error error = db_select(reading->portal->db, statement,
                            DB_ARGS(db_int(reading->desk->organization), db_int(after < before ? after : before)), &rows);
    if (error) return error;
    if (row_next(&rows)) reading->from = member_place_of(reading, row_text(&rows, 2), row_int(&rows, 1), row_int(&rows, 0));
    return rows_end(&rows);
}

/* All who have the one wanted term fit, and stand in the list's order. */
static bool is_ready(const struct member_reading *reading)
{
    return reading->way_count == 1 && reading->ways[0].count == 1 && reading->ways[0].streams[0].term.n && !reading->partly;
}

static Error count_off(struct member_reading *reading, int64_t total, bool *can_be)
{
    Error error = reading->way_count ? member_way_count_off(reading, reading->skip, &reading->from, can_be)
                                     : count_off_all(reading, total);
    reading->skip = 0;
    return error;
}

static Error begin_at(struct member_reading *reading, const struct member_query *query)
{
    reading->from = member_downwards(reading->sort) ? member_place_of(reading, STR("\xf4\x8f\xbf\xbf"), INT64_MAX, INT64_MAX)
                                                    : member_place_of(reading, STR(""), INT64_MIN, INT64_MIN);
    if (query->after.n) return read_place(reading, query->after, &reading->from);
    if (query->page > 1) reading->skip = query->page - 1 > INT64_MAX / MEMBER_PAGE ? INT64_MAX : (query->page - 1) * MEMBER_PAGE;
    return OK;
}

static Error read_page(struct member_reading *reading, int64_t total)
{
    bool can_be = reading->skip == 0 || reading->skip < total;
    Error error = OK;
    if (can_be) error = find_ways(reading, &can_be);
    if (error || !can_be) return error;
    bool straight = !reading->way_count || is_ready(reading);
    if (straight && reading->skip) error = count_off(reading, total, &can_be);
    if (error || !can_be) return error;
    return straight ? member_walk(reading) : member_meet(reading);
}

static Error read_list(struct member_reading *reading, const struct member_query *query, bool can_be, struct member_list *out)
{
    Error error = read_total(reading, &out->total);
    if (!error) error = begin_at(reading, query);
    if (!error && can_be) error = read_page(reading, out->total);
    if (error) return error;
    out->members = reading->members;
    out->count = reading->count;
    out->more = reading->more;
    if (out->more) out->next = write_place(reading, &reading->last);
    return OK;
}

Error member_list_read(struct portal *portal, struct arena *arena, const struct desk *desk, const struct member_query *query,
                       struct member_list *out)
{
    struct member_reading reading = {.portal = portal, .arena = arena, .desk = desk, .sort = query->sort, .effort = MEMBER_EFFORT};
    *out = (struct member_list){0};
    Error error = want_state(&reading, query->state);
    if (!error) error = want_role(&reading, query->role);
    if (!error) error = want_connection(&reading, query->connection);
    if (error) return error;
    bool can_be = want_words(&reading, query->q);
    reading.members = ARENA_ARRAY(arena, struct listed_member, MEMBER_PAGE);
    bool own = !db_in_transaction(portal->db);      /* all of one state of the store */
    if (own) error = db_read_begin(portal->db);
    if (!error) error = read_list(&reading, query, can_be, out);
    if (own) db_read_end(portal->db);
    return error;
}
