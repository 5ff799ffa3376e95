#include "account/member_index.h"

#include "account/member_shown.h"
#include "base/log.h"

static Error generation(struct portal *portal, int64_t *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_rules_generation_get, DB_NO_ARGS, &rows);
    if (error) return error;
    bool found = row_next(&rows);
    if (found) *out = row_int(&rows, 0);
    error = rows_end(&rows);
    if (error || found) return error;
    log_line(LOG_ERROR, "the store has no generation of its rules");
    return ERR_FAULT;
}

struct term_place {               /* whose terms, and where they stand */
    int64_t organization, account, joined;
    Str sort_name;
};

/* Those of `terms` that `other` (of the same place; empty: of none) does not have. */
static Error write_terms(struct db *db, bool add, const struct term_place *place, Str terms, Str other)
{
    Error error = OK;
    while (!error && terms.n) {
        Str term = str_cut(&terms, '\n');
        if (!term.n || member_terms_have(other, term, false)) continue;
        const Value args[] = {db_int(place->organization), db_text(term), db_text(place->sort_name), db_int(place->account),
                              db_int(place->joined)};
        error = add ? db_run(db, STMT_member_term_add, args, 5, NULL) : db_run(db, STMT_member_term_drop, args, 4, NULL);
    }
    return error;
}

static Error move_terms(struct db *db, const struct term_place *place, const struct member_shown *before, const struct member_shown *after)
{
    struct term_place old = *place, new = *place;
    bool stays = str_eq(before->sort_name, after->sort_name);
    old.sort_name = before->sort_name;
    new.sort_name = after->sort_name;
    Error error = write_terms(db, false, &old, before->terms, stays ? after->terms : STR(""));
    return error ? error : write_terms(db, true, &new, after->terms, stays ? before->terms : STR(""));
}

static Str copy(struct arena *arena, const struct rows *rows, int column)
{
    return arena_copy(arena, row_text(rows, column));
}

static Error stored(const struct member_glance *glance, int64_t *derived, struct member_shown *out)
{
    struct rows rows;
    struct arena *arena = glance->arena;
    Error error = db_select(glance->portal->db, STMT_member_shown,
                            DB_ARGS(db_int(glance->membership->organization), db_int(glance->user->id)), &rows);
    if (error) return error;
    *out = (struct member_shown){0};
    if (row_next(&rows)) {
        *derived = row_int(&rows, 0);
        *out = (struct member_shown){.sort_name = copy(arena, &rows, 1), .terms = copy(arena, &rows, 2), .name = copy(arena, &rows, 3),
                                     .email = copy(arena, &rows, 4), .roles = copy(arena, &rows, 5), .state = copy(arena, &rows, 6),
                                     .picture = copy(arena, &rows, 7)};
    }
    return rows_end(&rows);
}

static bool are_same(const struct member_shown *a, const struct member_shown *b)
{
    return str_eq(a->sort_name, b->sort_name) && str_eq(a->terms, b->terms) && str_eq(a->name, b->name) && str_eq(a->email, b->email) &&
           str_eq(a->roles, b->roles) && str_eq(a->state, b->state) && str_eq(a->picture, b->picture);
}

static Error bring(const struct member_glance *glance, int64_t now)
{
    struct term_place place = {.organization = glance->membership->organization, .account = glance->user->id,
                                .joined = glance->membership->joined_at};
    struct member_shown before, after;
    int64_t derived = 0;
    Error error = stored(glance, &derived, &before);
    if (!error) error = member_show(glance, &after);
    if (error || (derived == now && are_same(&before, &after))) return error;
    error = move_terms(glance->portal->db, &place, &before, &after);
    if (error) return error;
    return db_run(glance->portal->db, STMT_member_show,
                  DB_ARGS(db_int(place.organization), db_int(place.account), db_int(now), db_text(after.sort_name),
                          db_text(after.terms), db_text(after.name), db_text(after.email), db_text(after.roles), db_text(after.state),
                          db_text(after.picture)),
                  NULL);
}

Error member_index_refresh(struct portal *portal, struct arena *arena, int64_t account)
{
    struct user user;
    struct subject subject;
    struct member_glance glance = {.portal = portal, .arena = arena, .user = &user, .subject = &subject};
    int64_t now = 0;
    Error error = member_account(portal, arena, account, &user, &subject);
    if (error || !user.membership_count) return error;
    error = generation(portal, &now);
    for (size_t i = 0; !error && i < user.membership_count; i++) {
        glance.membership = &user.memberships[i];
        error = bring(&glance, now);
    }
    return error;
}

Error member_index_follow(struct portal *portal, struct arena *arena, const struct user *before, const struct subject *before_subject,
                          json_t *profile)
{
    struct user user = *before;
    struct subject subject = *before_subject;
    struct member_glance old = {.portal = portal, .arena = arena, .user = before, .subject = before_subject}, new = old;
    int64_t now = 0;
    Error error = OK;
    user.profile = profile;
    subject.profile = profile;
    new.user = &user;
    new.subject = &subject;
    for (size_t i = 0; !error && i < user.membership_count; i++) {
        old.membership = new.membership = &user.memberships[i];
        if (member_looks_same(&old, &new)) continue;
        if (!now) error = generation(portal, &now);
        if (!error) error = bring(&new, now);
    }
    return error;
}

/* `change`: what the organizations' counts become more. */
static Error drop_terms(struct portal *portal, int64_t account, int64_t organization, int64_t change)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_member_terms, DB_ARGS(db_int(account), db_int(organization)), &rows), bad = OK;
    if (error) return error;
    while (!bad && row_next(&rows)) {
        struct term_place place = {.organization = row_int(&rows, 0), .account = account, .sort_name = row_text(&rows, 1)};
        bad = write_terms(portal->db, false, &place, row_text(&rows, 2), STR(""));
        if (!bad && change) bad = db_run(portal->db, STMT_member_count, DB_ARGS(db_int(place.organization), db_int(change)), NULL);
    }
    error = rows_end(&rows);
    return error ? error : bad;
}

Error member_index_drop(struct portal *portal, int64_t account, int64_t organization)
{
    return drop_terms(portal, account, organization, -1);
}

Error member_index_outdate(struct portal *portal)
{
    return db_run(portal->db, STMT_rules_generation_bump, DB_NO_ARGS, NULL);
}

Error member_index_forget(struct portal *portal, int64_t organization)
{
    Error error = db_run(portal->db, STMT_member_term_clear, DB_ARGS(db_int(organization)), NULL);
    return error ? error : member_index_outdate(portal);
}

/* --- mending --- */

/* An account that cannot be read must not keep all others waiting: lists show its user_id alone. */
static Error mend(struct portal *portal, struct arena *arena, int64_t account, int64_t now)
{
    Error error = member_index_refresh(portal, arena, account);
    if (error != ERR_FAULT) return error;
    error = drop_terms(portal, account, 0, 0);
    return error ? error : db_run(portal->db, STMT_member_hide, DB_ARGS(db_int(account), db_int(now)), NULL);
}

static Error find_outdated(struct portal *portal, int64_t *accounts, size_t most, size_t *count, int64_t *now)
{
    struct rows rows;
    *count = 0;
    Error error = generation(portal, now);
    if (!error) error = db_select(portal->db, STMT_member_outdated, DB_ARGS(db_int(*now), db_int((int64_t)most)), &rows);
    if (error) return error;
    while (*count < most && row_next(&rows)) accounts[(*count)++] = row_int(&rows, 0);
    return rows_end(&rows);
}

static Error mend_inside(struct portal *portal, struct arena *arena, int64_t *accounts, size_t most, size_t *count)
{
    int64_t now = 0;
    Error error = find_outdated(portal, accounts, most, count, &now);
    for (size_t i = 0; !error && i < *count; i++) error = mend(portal, arena, accounts[i], now);
    return error;
}

Error member_index_mend(struct portal *portal, const struct visit *visit, size_t most, bool *more)
{
    int64_t *accounts = ARENA_ARRAY(visit->arena, int64_t, most), now = 0;
    size_t count = 0;
    *more = false;
    /* Almost always there is nothing: then no writer waits. */
    Error error = find_outdated(portal, accounts, 1, &count, &now);
    if (error || !count) return error;
    error = db_begin(portal->db);
    if (error) return error;
    error = mend_inside(portal, visit->arena, accounts, most, &count);
    if (error) {
        db_rollback(portal->db);
        return error;
    }
    *more = count == most;
    return db_commit(portal->db);
}
