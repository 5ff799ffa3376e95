#include "account/restore.h"

#include "account/erase.h"
#include "account/state.h"

enum { THREE_DAYS = 3 * 86400 };

static Error kill_all(struct db *db)
{
    static const enum statement ends[] = {STMT_restore_epochs, STMT_restore_sessions, STMT_restore_proofs, STMT_restore_messages,
                                          STMT_restore_throttle, STMT_restore_exports, STMT_restore_invitations,
                                          STMT_generation_bump, STMT_rules_generation_bump};
    Error error = OK;
    for (size_t i = 0; !error && i < sizeof ends / sizeof *ends; i++) error = db_run(db, ends[i], DB_NO_ARGS, NULL);
    return error;
}

static Error settle_inside(struct portal *portal, const struct visit *visit)
{
    Error error = kill_all(portal->db);
    if (!error)
        error = db_run(portal->db, STMT_deletion_begin_anew, DB_ARGS(db_int(visit->now), db_int(THREE_DAYS)), NULL);
    if (!error) error = db_run(portal->db, STMT_deletion_remind_anew, DB_ARGS(db_int(visit->now)), NULL);
    return error ? error : account_audit(portal, visit, ACTOR_OPERATOR, NULL, "store.restore", STR_NONE);
}

Error restore_settle(struct portal *portal, const struct visit *visit, struct restored *out)
{
    *out = (struct restored){0};
    Error error = db_begin(portal->db);
    if (error) return error;
    error = portal_end(portal, true, settle_inside(portal, visit));
    if (!error) error = portal_refresh(portal);
    if (!error) error = erase_restored(portal, visit, &out->erased);
    for (bool more = true; !error && more;) error = erase_step(portal, visit, &more);
    return error;
}
