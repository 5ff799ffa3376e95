#include "account/member_reading.h"

#include <stdlib.h>

#include "account/member_shown.h"

enum member_column {              /* MEMBER_COLUMNS */
    MEMBER_ACCOUNT, MEMBER_CREATED_AT, MEMBER_DERIVED, MEMBER_SORT_NAME, MEMBER_TERMS, MEMBER_SHOWN_NAME, MEMBER_SHOWN_EMAIL,
    MEMBER_SHOWN_ROLES, MEMBER_STATE, MEMBER_USER_ID,
    WAY_ACCOUNT, WAY_SORT_NAME    /* of a walk along a term: there also where the member lacks the other one, and all else is null */
};

bool member_by_age(enum member_sort sort)
{
    return sort == SORT_JOINED || sort == SORT_JOINED_DOWN;
}

bool member_downwards(enum member_sort sort)
{
    return sort == SORT_NAME_DOWN || sort == SORT_JOINED_DOWN;
}

/* --- one row --- */

static bool fits(const struct member_reading *reading, Str terms, Str state)
{
    if (reading->active && !str_is(state, "active")) return false;
    for (size_t i = 0; i < reading->exact_count; i++)
        if (!member_terms_have(terms, reading->exact[i], false)) return false;
    for (size_t i = 0; i < reading->beginning_count; i++)
        if (!member_terms_have(terms, reading->beginnings[i], true)) return false;
    return true;
}

static Str copy(const struct member_reading *reading, const struct rows *rows, int column)
{
    return arena_copy(reading->arena, row_text(rows, column));
}

static struct listed_member listed(const struct member_reading *reading, const struct rows *rows, const struct member_shown *anew)
{
    struct listed_member member = {.user_id = copy(reading, rows, MEMBER_USER_ID), .joined_at = row_int(rows, MEMBER_CREATED_AT)};
    member.name = anew ? anew->name : copy(reading, rows, MEMBER_SHOWN_NAME);
    member.email = anew ? anew->email : copy(reading, rows, MEMBER_SHOWN_EMAIL);
    member.roles = anew ? anew->roles : copy(reading, rows, MEMBER_SHOWN_ROLES);
    member.state = anew ? anew->state : copy(reading, rows, MEMBER_STATE);
    return member;
}

/* *full: it fits no more on the page. */
static void keep(struct member_reading *reading, const struct rows *rows, const struct member_shown *anew, bool *full)
{
    if (reading->skip > 0) {
        reading->skip--;
        return;
    }
    *full = reading->count == MEMBER_PAGE;
    reading->more = *full;
    if (*full) return;
    reading->members[reading->count++] = listed(reading, rows, anew);
    reading->last = (struct member_place){.name = copy(reading, rows, MEMBER_SORT_NAME), .joined = row_int(rows, MEMBER_CREATED_AT),
                                          .account = row_int(rows, MEMBER_ACCOUNT)};
}

/* What the row says counts only while the rules are those it was made under: what was found by a field that the desk may not see any
   more is left out, and so is an account that cannot be read, until its row is made anew. */
static Error offer(struct member_reading *reading, const struct rows *rows, bool *fit, bool *full)
{
    struct member_shown anew;
    *fit = fits(reading, row_text(rows, MEMBER_TERMS), row_text(rows, MEMBER_STATE));
    if (!*fit) return OK;
    if (row_int(rows, MEMBER_DERIVED) == reading->generation) {
        keep(reading, rows, NULL, full);
        return OK;
    }
    Error error = member_look(reading->portal, reading->arena, reading->desk->organization, row_int(rows, MEMBER_ACCOUNT), &anew);
    *fit = !error && fits(reading, anew.terms, anew.state);
    if (*fit) keep(reading, rows, &anew, full);
    return error == ERR_NOT_FOUND || error == ERR_FAULT ? OK : error;
}

/* --- words --- */

/* U+10FFFF is no letter: every word that begins so stands before it. */
static Str behind(struct arena *arena, Str term, bool beginning)
{
    return arena_join(arena, term, beginning ? STR("\xf4\x8f\xbf\xbf") : STR("\n"));
}

static Error next_word(const struct member_reading *reading, Str from, Str beginning, Str *out)
{
    struct rows rows;
    Error error = db_select(reading->portal->db, STMT_member_word,
                            DB_ARGS(db_int(reading->desk->organization), db_text(from), db_text(behind(reading->arena, beginning, true))),
                            &rows);
    if (error) return error;
    *out = row_next(&rows) ? copy(reading, &rows, 0) : STR("");
    return rows_end(&rows);
}

Error member_word(const struct member_reading *reading, Str beginning, Str *out, bool *alone)
{
    Str other = STR("");
    Error error = next_word(reading, beginning, beginning, out);
    if (!error && out->n) error = next_word(reading, behind(reading->arena, *out, false), beginning, &other);
    *alone = out->n && !other.n;
    return error;
}

/* --- through the list --- */

static enum statement statement_of(const struct member_reading *reading)
{
    bool down = member_downwards(reading->sort);
    if (member_by_age(reading->sort)) return down ? STMT_member_by_age_down : STMT_member_by_age;
    if (reading->way_count) return down ? STMT_member_by_term_down : STMT_member_by_term;
    return down ? STMT_member_by_name_down : STMT_member_by_name;
}

static bool has_both(const struct rows *rows, bool by_term)
{
    return !by_term || !row_is_null(rows, MEMBER_ACCOUNT);
}

static struct member_place place_of(const struct member_reading *reading, const struct rows *rows, bool by_term)
{
    if (by_term) return (struct member_place){.name = copy(reading, rows, WAY_SORT_NAME), .account = row_int(rows, WAY_ACCOUNT)};
    return (struct member_place){.name = copy(reading, rows, MEMBER_SORT_NAME), .joined = row_int(rows, MEMBER_CREATED_AT),
                                 .account = row_int(rows, MEMBER_ACCOUNT)};
}

static Error walk_rows(struct member_reading *reading, struct rows *rows, bool by_term, int64_t most, bool *settled)
{
    bool full = false;
    Error error = OK;
    while (!error && !full && row_next(rows)) {
        bool fit = has_both(rows, by_term);
        if (fit) error = offer(reading, rows, &fit, &full);
        if (error || fit || --most > 0) continue;
        *settled = false;
        reading->more = true;
        reading->last = place_of(reading, rows, by_term);
        return OK;
    }
    return error;
}

Error member_walk(struct member_reading *reading, int64_t most, bool *settled)
{
    struct rows rows;
    enum statement statement = statement_of(reading);
    bool by_term = statement == STMT_member_by_term || statement == STMT_member_by_term_down;
    Value place = member_by_age(reading->sort) ? db_int(reading->from.joined) : db_text(reading->from.name);
    const Value args[] = {db_int(reading->desk->organization), place, db_int(reading->from.account), db_int(INT64_MAX),
                          db_text(by_term ? reading->ways[0] : STR_NONE),
                          db_text(by_term ? reading->ways[reading->way_count > 1] : STR_NONE)};
    *settled = true;
    Error error = db_select(reading->portal->db, statement, args, by_term ? 6 : 4, &rows);
    if (error) return error;
    Error bad = walk_rows(reading, &rows, by_term, most, settled);
    error = rows_end(&rows);
    return error ? error : bad;
}

/* --- from a term --- */

struct found {
    struct member_place *list;
    size_t count;
};

/* More than `most` are as good as none: *out then has more. */
static Error find(const struct member_reading *reading, Str term, bool beginning, size_t most, struct found *out)
{
    struct rows rows;
    Error error = db_select(reading->portal->db, STMT_member_found,
                            DB_ARGS(db_int(reading->desk->organization), db_text(term), db_text(behind(reading->arena, term, beginning)),
                                    db_int((int64_t)most + 1)), &rows);
    if (error) return error;
    out->count = 0;
    while (out->count <= most && row_next(&rows))
        out->list[out->count++] = (struct member_place){.account = row_int(&rows, 0), .name = copy(reading, &rows, 1)};
    return rows_end(&rows);
}

/* Longer words have fewer people. */
static Error find_few(const struct member_reading *reading, size_t most, struct found *out, bool *few)
{
    Error error = OK;
    *few = false;
    for (size_t i = 0; !error && !*few && i < reading->beginning_count; i++) {
        error = find(reading, reading->beginnings[i], true, most, out);
        *few = out->count <= most;
    }
    for (size_t i = 0; !error && !*few && i < reading->exact_count; i++) {
        error = find(reading, reading->exact[i], false, most, out);
        *few = out->count <= most;
    }
    return error;
}

static Error read_ages(const struct member_reading *reading, struct found *found)
{
    Error error = OK;
    for (size_t i = 0; !error && i < found->count; i++) {
        struct rows rows;
        error = db_select(reading->portal->db, STMT_membership_get,
                          DB_ARGS(db_int(reading->desk->organization), db_int(found->list[i].account)), &rows);
        if (error) return error;
        if (row_next(&rows)) found->list[i].joined = row_int(&rows, 3);
        error = rows_end(&rows);
    }
    return error;
}

/* By age every name counts the same, and by name every age: the other one is the same in all. */
static int compare(const void *left, const void *right)
{
    const struct member_place *a = left, *b = right;
    if (a->joined != b->joined) return a->joined < b->joined ? -1 : 1;
    int names = str_compare(a->name, b->name);
    if (names) return names;
    return a->account == b->account ? 0 : a->account < b->account ? -1 : 1;
}

/* In the order of the list, each once: several words of one person may begin alike. */
static void put_in_order(const struct member_reading *reading, struct found *found)
{
    size_t n = 0;
    struct member_place *list = found->list;
    for (size_t i = 0; member_by_age(reading->sort) && i < found->count; i++) list[i].name = STR("");
    qsort(list, found->count, sizeof *list, compare);
    for (size_t i = 0; i < found->count; i++)
        if (!n || compare(&list[n - 1], &list[i])) list[n++] = list[i];
    found->count = n;
    for (size_t i = 0; member_downwards(reading->sort) && i < n / 2; i++) {
        struct member_place other = list[i];
        list[i] = list[n - 1 - i];
        list[n - 1 - i] = other;
    }
}

static bool is_behind(const struct member_reading *reading, const struct member_place *place)
{
    struct member_place from = reading->from;
    if (member_by_age(reading->sort)) from.name = STR("");
    else from.joined = 0;
    int order = compare(place, &from);
    return member_downwards(reading->sort) ? order < 0 : order > 0;
}

static Error offer_account(struct member_reading *reading, int64_t account, bool *full)
{
    struct rows rows;
    bool fit;
    Error error = db_select(reading->portal->db, STMT_member_one, DB_ARGS(db_int(reading->desk->organization), db_int(account)), &rows);
    if (error) return error;
    Error bad = row_next(&rows) ? offer(reading, &rows, &fit, full) : OK;
    error = rows_end(&rows);
    return error ? error : bad;
}

Error member_gather(struct member_reading *reading, size_t most, bool *settled)
{
    struct found found = {.list = ARENA_ARRAY(reading->arena, struct member_place, most + 1)};
    bool full = false;
    Error error = find_few(reading, most, &found, settled);
    if (!error && *settled && member_by_age(reading->sort)) error = read_ages(reading, &found);
    if (error || !*settled) return error;
    put_in_order(reading, &found);
    for (size_t i = 0; !error && !full && i < found.count; i++)
        if (is_behind(reading, &found.list[i])) error = offer_account(reading, found.list[i].account, &full);
    return error;
}
