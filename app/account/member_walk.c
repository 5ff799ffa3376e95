#include "account/member_reading.h"

#include "account/member_shown.h"

enum member_column {              /* MEMBER_COLUMNS */
    MEMBER_ACCOUNT, MEMBER_CREATED_AT, MEMBER_DERIVED, MEMBER_SORT_NAME, MEMBER_TERMS, MEMBER_SHOWN_NAME, MEMBER_SHOWN_EMAIL,
    MEMBER_SHOWN_ROLES, MEMBER_STATE, MEMBER_USER_ID, MEMBER_SHOWN_PICTURE,
};

enum { MISFIT_COSTS = 10 };

/* --- one row --- */

static bool fits(const struct member_reading *reading, Str terms)
{
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
    member.picture = anew ? anew->picture : copy(reading, rows, MEMBER_SHOWN_PICTURE);
    return member;
}

static struct member_place place_of(const struct member_reading *reading, const struct rows *rows)
{
    return member_place_of(reading, row_text(rows, MEMBER_SORT_NAME), row_int(rows, MEMBER_CREATED_AT), row_int(rows, MEMBER_ACCOUNT));
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
    reading->last = place_of(reading, rows);
}

/* What the row says counts only while the rules are those it was made under: what was found by a field that the desk may not see any
   more is left out, and so is an account that cannot be read, until its row is made anew. */
static Error offer(struct member_reading *reading, const struct rows *rows, bool *fit, bool *full)
{
    struct member_shown anew;
    *fit = fits(reading, row_text(rows, MEMBER_TERMS));
    if (!*fit) return OK;
    if (row_int(rows, MEMBER_DERIVED) == reading->generation) {
        keep(reading, rows, NULL, full);
        return OK;
    }
    Error error = member_look(reading->portal, reading->arena, reading->desk->organization, row_int(rows, MEMBER_ACCOUNT), &anew);
    *fit = !error && fits(reading, anew.terms);
    if (*fit) keep(reading, rows, &anew, full);
    return error == ERR_NOT_FOUND || error == ERR_FAULT ? OK : error;
}

/* --- a list, or one term, as it stands in the index --- */

static enum statement statement_of(const struct member_reading *reading)
{
    static const enum statement statements[][2] = {
        [SORT_NAME] = {STMT_member_by_name, STMT_member_by_term}, [SORT_NAME_DOWN] = {STMT_member_by_name_down, STMT_member_by_term_down},
        [SORT_JOINED] = {STMT_member_by_age, STMT_member_by_term_age},
        [SORT_JOINED_DOWN] = {STMT_member_by_age_down, STMT_member_by_term_age_down},
    };
    return statements[reading->sort][reading->way_count];
}

static Error walk_rows(struct member_reading *reading, struct rows *rows)
{
    bool full = false;
    Error error = OK;
    while (!error && !full && row_next(rows)) {
        bool fit = false;
        error = offer(reading, rows, &fit, &full);
        if (error || fit) continue;
        reading->effort -= MISFIT_COSTS;
        if (reading->effort > 0) continue;
        reading->more = true;
        reading->last = place_of(reading, rows);
        return OK;
    }
    return error;
}

Error member_walk(struct member_reading *reading)
{
    struct rows rows;
    const Value args[] = {db_int(reading->desk->organization), member_place_value(reading, &reading->from), db_int(reading->from.account),
                          db_int(INT64_MAX), db_text(reading->way_count ? reading->ways[0].streams[0].term : STR_NONE)};
    Error error = db_select(reading->portal->db, statement_of(reading), args, reading->way_count ? 5 : 4, &rows);
    if (error) return error;
    Error bad = walk_rows(reading, &rows);
    error = rows_end(&rows);
    return error ? error : bad;
}

/* --- where ways meet --- */

/* What comes behind it begins with the place itself. */
static struct member_place just_before(const struct member_reading *reading, struct member_place place)
{
    place.account += member_downwards(reading->sort) ? 1 : -1;
    return place;
}

/* A next page that began where this one did would be the same one, for ever. */
static bool may_give_up(const struct member_reading *reading, const struct member_place *behind)
{
    return reading->effort <= 0 && member_order(reading, behind, &reading->from) > 0;
}

/* The first place behind *behind that is on every way: each in turn leaps to where the one before it has got. *found is false at the
   end, and when it became too much; *behind is where it got to. Once round, either all agree or one has leapt further than the first. */
static Error next_meeting(struct member_reading *reading, struct member_place *behind, struct member_place *out, bool *found)
{
    size_t agreed = 0;
    for (size_t i = 0; !may_give_up(reading, behind); i = (i + 1) % reading->way_count) {
        struct member_place place;
        Error error = member_way_next(reading, &reading->ways[i], behind, &place, found);
        if (error || !*found) return error;
        agreed = agreed && !member_order(reading, &place, out) ? agreed + 1 : 1;
        *out = place;
        if (agreed == reading->way_count) return OK;
        *behind = just_before(reading, place);
    }
    *found = false;
    reading->more = true;
    reading->last = *behind;
    return OK;
}

static Error offer_account(struct member_reading *reading, int64_t account, bool *full)
{
    struct rows rows;
    bool fit = false;
    Error error = db_select(reading->portal->db, STMT_member_one, DB_ARGS(db_int(reading->desk->organization), db_int(account)), &rows);
    if (error) return error;
    Error bad = row_next(&rows) ? offer(reading, &rows, &fit, full) : OK;
    if (!fit) reading->effort -= MISFIT_COSTS;
    error = rows_end(&rows);
    return error ? error : bad;
}

Error member_meet(struct member_reading *reading)
{
    struct member_place behind = reading->from, place;
    bool full = false, found = true;
    member_way_afford_round(reading);
    while (!full) {
        Error error = next_meeting(reading, &behind, &place, &found);
        if (error || !found) return error;
        behind = place;
        if (reading->skip > 0 && !reading->partly) reading->skip--;
        else error = offer_account(reading, place.account, &full);
        if (error) return error;
    }
    return OK;
}
