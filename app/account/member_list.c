#include "account/member_reading.h"

#include "base/encode.h"

/* --- what is wanted --- */

static Error want_state(struct member_reading *reading, Str state)
{
    static const char *const others[] = {"suspended", "blocked", "deletion"};
    reading->active = str_is(state, "active");
    if (!state.n || reading->active) return OK;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (!str_is(state, others[i])) continue;
        reading->exact[reading->exact_count++] = arena_print(reading->arena, "s:%s", others[i]);
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

/* One that does not exist is like one that no member has: which there are is nobody's business here. */
static void want_connection(struct member_reading *reading, Str name)
{
    if (!name.n) return;
    const struct connection *connection = directory_connection_named(&reading->portal->directory, name);
    reading->exact[reading->exact_count++] = arena_print(reading->arena, "c:%lld", connection ? (long long)connection->id : 0);
}

/* Longer words have fewer people: they come first. False: something was typed, but nobody's name can begin so. */
static bool want_words(struct member_reading *reading, Str q)
{
    Str words[SEARCH_WORDS_MAX];
    size_t count = search_words(reading->arena, q, words, SEARCH_WORDS_MAX);
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        for (; at && reading->beginnings[at - 1].n < words[i].n + 2; at--) reading->beginnings[at] = reading->beginnings[at - 1];
        reading->beginnings[at] = arena_join(reading->arena, STR("w:"), words[i]);
    }
    reading->beginning_count = count;
    return count || !str_trim(q).n;
}

static void add_way(struct member_reading *reading, Str term)
{
    for (size_t i = 0; i < reading->way_count; i++)
        if (str_eq(reading->ways[i], term)) return;
    reading->ways[reading->way_count++] = term;
}

/* Of a whole name, typed to its end, there is most often one word alone. *can_be: there is one at all. */
static Error find_way(struct member_reading *reading, Str beginning, bool *can_be)
{
    Str only;
    bool alone = false;
    Error error = member_word(reading, beginning, &only, &alone);
    if (error) return error;
    *can_be = *can_be && only.n;
    Str word = str_after(beginning, strlen("w:")), letters = search_beginning(word, SEARCH_BEGINNING);
    add_way(reading, alone ? only : arena_join(reading->arena, STR("b:"), letters));
    reading->partly |= !alone && letters.n < word.n;
    return OK;
}

static Error find_ways(struct member_reading *reading, bool *can_be)
{
    Error error = OK;
    for (size_t i = 0; !error && i < reading->beginning_count; i++) error = find_way(reading, reading->beginnings[i], can_be);
    for (size_t i = 0; i < reading->exact_count; i++) add_way(reading, reading->exact[i]);
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

static bool takes_all(const struct member_reading *reading)
{
    return !reading->beginning_count && !reading->exact_count && !reading->active;
}

/* The page of a whole list is counted off in its index, from the nearer end. */
static Error count_off(struct member_reading *reading, int64_t total)
{
    struct rows rows;
    int64_t before = member_downwards(reading->sort) ? total - reading->skip : reading->skip - 1;
    Error error = db_select(reading->portal->db, member_by_age(reading->sort) ? STMT_member_age_at : STMT_member_name_at,
                            DB_ARGS(db_int(reading->desk->organization), db_int(before)), &rows);
    if (error) return error;
    if (row_next(&rows))
        reading->from = (struct member_place){.account = row_int(&rows, 0), .joined = row_int(&rows, 1),
                                              .name = arena_copy(reading->arena, row_text(&rows, 2))};
    reading->skip = 0;
    return rows_end(&rows);
}

static Error begin_at(struct member_reading *reading, const struct member_query *query, int64_t total)
{
    reading->from = member_downwards(reading->sort)
                  ? (struct member_place){.name = STR("\xf4\x8f\xbf\xbf"), .joined = INT64_MAX, .account = INT64_MAX}
                  : (struct member_place){.name = STR(""), .joined = INT64_MIN, .account = INT64_MIN};
    if (query->after.n) return read_place(reading, query->after, &reading->from);
    if (query->page < 2) return OK;
    reading->skip = query->page - 1 > total / MEMBER_PAGE ? total : (query->page - 1) * MEMBER_PAGE;
    return takes_all(reading) && reading->skip < total ? count_off(reading, total) : OK;
}

/* All who have the one wanted term fit, and stand in the list's order. */
static bool is_ready(const struct member_reading *reading)
{
    return reading->way_count == 1 && !reading->partly && !reading->active && !member_by_age(reading->sort);
}

/* What is rare is found from its terms, what is frequent by going through the list; which it is shows when a little of each was tried,
   so that neither costs more than the other would. The last one answers with what it has. */
static const struct attempt {
    bool gathers;
    int64_t most;
} attempts[] = {{true, 250}, {false, 250}, {true, 4000}, {false, 5000}};

static Error attempt(struct member_reading *reading, const struct attempt *attempt, bool *settled)
{
    int64_t skip = reading->skip;
    Error error = attempt->gathers ? member_gather(reading, (size_t)attempt->most, settled) : member_walk(reading, attempt->most, settled);
    bool last = attempt == &attempts[sizeof attempts / sizeof *attempts - 1];
    if (error || *settled || last) return error;
    reading->skip = skip;
    reading->count = 0;
    reading->more = false;
    return OK;
}

static Error read_page(struct member_reading *reading, int64_t total)
{
    bool settled = false;
    Error error = OK;
    if (reading->skip && reading->skip >= total) return OK;
    if (takes_all(reading) || is_ready(reading)) return member_walk(reading, INT64_MAX, &settled);
    for (size_t i = 0; !error && !settled && i < sizeof attempts / sizeof *attempts; i++)
        error = attempt(reading, &attempts[i], &settled);
    return error;
}

static Error read_list(struct member_reading *reading, const struct member_query *query, bool can_be, struct member_list *out)
{
    Error error = read_total(reading, &out->total);
    if (!error) error = begin_at(reading, query, out->total);
    if (!error) error = find_ways(reading, &can_be);
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
    struct member_reading reading = {.portal = portal, .arena = arena, .desk = desk, .sort = query->sort};
    *out = (struct member_list){0};
    Error error = want_state(&reading, query->state);
    if (!error) error = want_role(&reading, query->role);
    if (error) return error;
    want_connection(&reading, query->connection);
    bool can_be = want_words(&reading, query->q);
    reading.members = ARENA_ARRAY(arena, struct listed_member, MEMBER_PAGE);
    bool own = !db_in_transaction(portal->db);      /* all of one state of the store */
    if (own) error = db_read_begin(portal->db);
    if (!error) error = read_list(&reading, query, can_be, out);
    if (own) db_read_end(portal->db);
    return error;
}
