#include "account/erase.h"

#include "account/audit.h"
#include "account/erase_traces.h"
#include "account/export.h"
#include "account/member_index.h"
#include "account/picture.h"
#include "account/state.h"
#include "account/tombstone.h"
#include "base/encode.h"
#include "base/log.h"
#include "store/profile.h"
#include "store/user_store.h"

enum { A_DAY = 86400, PSEUDONYM_BYTES = 12, NAMES_AT_ONCE = 500 };

/* --- the account --- */

/* Nobody sees the account any more from this transaction's end on; what follows is only about bytes. The reason is an operator's and
   stays in the row, which names nobody. */
static Error take_away(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user, Str reason,
                       bool by_tombstone)
{
    Str random = hex_encode(visit->arena, crypto_random(visit->arena, PSEUDONYM_BYTES));
    Str pseudonym = arena_print(visit->arena, "erased|%.*s", STR_ARGS(random));
    struct user nobody = *user;
    nobody.user_id = pseudonym;
    Error error = tombstone_put(portal, visit, user->user_id, !by_tombstone);
    if (!error)
        error = db_run(portal->db, STMT_erasure_add, DB_ARGS(db_text(pseudonym), db_text(user->user_id), db_int(visit->now)), NULL);
    if (!error) error = deletion_audit(portal, visit, actor, &nobody, "account.erase", reason);
    if (!error) error = picture_drop(portal, visit, user->id);
    if (!error) error = export_drop(portal, visit, user->id);
    if (!error) error = erase_traces(portal, visit, user, pseudonym);
    if (!error) error = member_index_drop(portal, user->id, 0);
    return error ? error : profile_drop(portal->db, user->id);
}

static Error was_told(struct portal *portal, const struct user *user, Str organization, bool *told)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_erasure_was_put_off,
                            DB_ARGS(db_int(user->id), db_text(user->user_id), db_text(organization)), &rows);
    if (error) return error;
    *told = row_next(&rows);
    return rows_end(&rows);
}

/* The organization is told in its activity, and the owner in theirs: it is for them to see that somebody else manages it. Each day until
   then the log says it again, the audit does not. */
static Error put_off(struct portal *portal, const struct visit *visit, const struct user *user, Str organization)
{
    bool told = false;
    struct visit there = *visit;
    there.organization = organization;
    log_line(LOG_WARNING, "an account is not erased today: an organization would be left without anybody to manage it");
    Error error = db_run(portal->db, STMT_account_deletion, DB_ARGS(db_int(user->id), db_int(visit->now + A_DAY)), NULL);
    if (!error) error = was_told(portal, user, organization, &told);
    if (error || told) return error;
    return account_audit_refused(portal, &there, ACTOR_SCRIPT, user, "account.erase", STR("last administrator"));
}

static Error find_due(struct portal *portal, const struct visit *visit, int64_t *account)
{
    struct rows rows;
    *account = 0;
    Error error = db_select(portal->db, STMT_deletion_due, DB_ARGS(db_int(visit->now)), &rows);
    if (error) return error;
    if (row_next(&rows)) *account = row_int(&rows, 0);
    return rows_end(&rows);
}

static Error take_away_due(struct portal *portal, const struct visit *visit, const struct user *user)
{
    struct deletion_state state;
    Error error = deletion_state(portal, visit->arena, user->id, &state);
    Str reason = str_is(state.asked_by, "operator") ? state.reason : STR_NONE;
    return error ? error : take_away(portal, visit, ACTOR_SCRIPT, user, reason, false);
}

static Error erase_due_inside(struct portal *portal, const struct visit *visit, bool *more)
{
    struct user user;
    Deletion obstacle;
    int64_t account = 0;
    Error error = portal_refresh(portal);
    if (!error) error = find_due(portal, visit, &account);
    if (error || !account) return error;
    *more = true;
    error = user_get(portal->db, visit->arena, account, &user);
    if (!error) error = deletion_obstacle(portal, visit->arena, &user, &obstacle);
    if (error) return error;
    return obstacle.outcome == DELETION_ADMINISTRATOR ? put_off(portal, visit, &user, obstacle.organization_name)
                                                         : take_away_due(portal, visit, &user);
}

static Error erase_due(struct portal *portal, const struct visit *visit, bool *more)
{
    int64_t account = 0;
    Error error = find_due(portal, visit, &account);
    if (error || !account) return error;
    error = db_begin(portal->db);
    return error ? error : portal_end(portal, true, erase_due_inside(portal, visit, more));
}

static Error erase_now_inside(struct portal *portal, const struct visit *visit, enum actor actor, int64_t account, Deletion *obstacle,
                              bool *done)
{
    struct user user;
    Error error = portal_refresh(portal);
    if (!error) error = user_get(portal->db, visit->arena, account, &user);
    if (!error) error = deletion_obstacle(portal, visit->arena, &user, obstacle);
    if (error || obstacle->outcome != DELETION_NOTHING) return error;
    *done = true;
    return take_away(portal, visit, actor, &user, visit->reason, false);
}

Error erase_now(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user, Deletion *obstacle, bool *done)
{
    *done = false;
    Error error = db_begin(portal->db);
    return error ? error : portal_end(portal, true, erase_now_inside(portal, visit, actor, user->id, obstacle, done));
}

/* --- its names in the audit --- */

struct erasure {
    Str pseudonym, user_id;       /* empty: there is none */
};

static Error find_erasure(struct portal *portal, struct arena *arena, struct erasure *out)
{
    struct rows rows;
    *out = (struct erasure){STR(""), STR("")};
    Error error = db_select(portal->db, STMT_erasure_get, DB_NO_ARGS, &rows);
    if (error) return error;
    if (row_next(&rows))
        *out = (struct erasure){arena_copy(arena, row_text(&rows, 0)), arena_copy(arena, row_text(&rows, 1))};
    return rows_end(&rows);
}

static Error forget_inside(struct portal *portal, const struct visit *visit, const struct erasure *erasure)
{
    bool rest = false;
    Error error = audit_forget(portal, visit->arena, erasure->user_id, erasure->pseudonym, &rest);
    return error || rest ? error : db_run(portal->db, STMT_erasure_forgotten, DB_ARGS(db_text(erasure->pseudonym)), NULL);
}

static Error forget_names(struct portal *portal, const struct visit *visit, bool *more)
{
    struct erasure erasure;
    Error error = find_erasure(portal, visit->arena, &erasure);
    if (error || !erasure.user_id.n) return error;
    *more = true;
    error = db_begin(portal->db);
    return error ? error : portal_end(portal, true, forget_inside(portal, visit, &erasure));
}

/* --- what is left of it in the store's log --- */

static Error cut_log(struct portal *portal)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_erasure_in_log, DB_NO_ARGS, &rows);
    if (error) return error;
    bool waits = row_next(&rows) && row_int(&rows, 0) > 0;
    error = rows_end(&rows);
    if (error || !waits || !db_may_checkpoint(portal->db)) return error;
    int64_t next = 0;
    for (bool rest = true; !error && rest;) error = db_scrub(portal->db, &next, &rest);
    if (!error) error = db_run(portal->db, STMT_erasure_done, DB_NO_ARGS, NULL);
    return error ? error : db_cut_log(portal->db);
}

Error erase_step(struct portal *portal, const struct visit *visit, bool *more)
{
    *more = false;
    Error error = forget_names(portal, visit, more);
    if (error || *more) return error;
    error = erase_due(portal, visit, more);
    return error || *more ? error : cut_log(portal);
}

/* --- after a restored backup --- */

struct walk {
    struct portal *portal;
    const struct visit *visit;
    struct tombstones tombstones;
    int64_t after;                /* the last account that was looked at */
    int64_t accounts[NAMES_AT_ONCE];
    size_t found;
    bool ended;
};

static Error look_at_some(struct walk *walk)
{
    struct rows rows;
    size_t seen = 0;
    walk->found = 0;
    Error error = db_select(walk->portal->db, STMT_account_names, DB_ARGS(db_int(walk->after), db_int(NAMES_AT_ONCE)), &rows);
    if (error) return error;
    struct arena *arena = arena_open(0);
    if (!arena) error = ERR_BUSY;
    for (; !error && row_next(&rows); seen++) {
        walk->after = row_int(&rows, 0);
        if (tombstones_have(&walk->tombstones, walk->portal, arena, row_text(&rows, 1))) walk->accounts[walk->found++] = walk->after;
    }
    arena_close(arena);
    walk->ended = seen < NAMES_AT_ONCE;
    Error end = rows_end(&rows);
    return error ? error : end;
}

static Error erase_again_inside(struct walk *walk, int64_t account, size_t *count)
{
    struct user user;
    Deletion obstacle;
    Error error = user_get(walk->portal->db, walk->visit->arena, account, &user);
    if (!error) error = deletion_obstacle(walk->portal, walk->visit->arena, &user, &obstacle);
    if (error) return error;
    if (obstacle.outcome == DELETION_HOLD) {
        log_line(LOG_WARNING, "an account that was erased before is back from a backup and stays: it is under legal hold");
        return OK;
    }
    ++*count;
    return take_away(walk->portal, walk->visit, ACTOR_SCRIPT, &user, STR_NONE, true);
}

static Error erase_again(struct walk *walk, int64_t account, size_t *count)
{
    Error error = db_begin(walk->portal->db);
    return error ? error : portal_end(walk->portal, true, erase_again_inside(walk, account, count));
}

static Error settle(struct walk *walk)
{
    Error error = db_begin(walk->portal->db);
    return error ? error : portal_end(walk->portal, true, tombstones_settle(walk->portal, walk->visit, &walk->tombstones));
}

Error erase_restored(struct portal *portal, const struct visit *visit, size_t *count)
{
    struct walk *walk = ARENA_NEW(visit->arena, struct walk);
    walk->portal = portal;
    walk->visit = visit;
    *count = 0;
    Error error = tombstones_missing(portal, visit->arena, &walk->tombstones);
    if (error || !walk->tombstones.count) return error;
    error = portal_refresh(portal);
    while (!error && !walk->ended) {
        error = look_at_some(walk);
        for (size_t i = 0; !error && i < walk->found; i++) error = erase_again(walk, walk->accounts[i], count);
    }
    if (!error) error = settle(walk);
    for (bool more = true; !error && more;) {
        more = false;
        error = forget_names(portal, visit, &more);
    }
    if (!error && *count) log_line(LOG_WARNING, "%zu accounts that a restored backup had brought back are erased again", *count);
    return error;
}
