#include "account/apply.h"

#include "account/applying.h"
#include "account/state.h"
#include "base/json_memory.h"

static Error audit(struct applying *applying)
{
    const struct plan *plan = applying->plan;
    const struct diff *diff = &applying->diff;
    Str counts = arena_print(applying->arena,
                             "%zu fields, %zu connections, %zu roles, %zu organizations, %zu users in the file; "
                             "%zu values added, %zu changed, %zu removed",
                             plan->definition_count, plan->connection_count, plan->role_count, plan->organization_count,
                             plan->user_count, diff->added, diff->changed, diff->removed);
    return account_audit(applying->portal, applying->visit, ACTOR_OPERATOR, NULL, "apply", counts);
}

static Error run_inside(struct applying *applying, const struct apply_known *known)
{
    bool changed = false;
    Error error = apply_directory(applying, &changed);
    if (!error && changed) error = portal_refresh(applying->portal);
    if (!error) error = apply_unique(applying, known);
    if (!error) error = apply_users(applying);
    if (!error && applying->problems->count) return ERR_INVALID;
    return error || !applying->diff.lines.n ? error : audit(applying);
}

/* What was read of a transaction that is gone must not be taken for the store's. */
static Error take_back(struct applying *applying, Error error)
{
    db_rollback(applying->portal->db);
    applying->portal->directory.generation = -1;
    Error refreshed = portal_refresh(applying->portal);
    return error ? error : refreshed;
}

static Error run(struct applying *applying, const struct apply_known *known)
{
    Error error = apply_passwords(applying);
    if (!error && db_in_transaction(applying->portal->db)) return run_inside(applying, known);
    if (!error) error = db_begin(applying->portal->db);
    if (error) return error;
    error = run_inside(applying, known);
    if (error || applying->dry_run) return take_back(applying, error);
    error = db_commit(applying->portal->db);
    return error ? take_back(applying, error) : OK;
}

static Error check_and_run(struct applying *applying, Str json)
{
    struct apply_known known;
    portal_settle(applying->portal);
    Error error = portal_refresh(applying->portal);
    if (!error) error = apply_known_load(applying->portal->db, &known);
    if (!error) error = apply_check(applying->arena, json, &known, applying->problems, &applying->plan);
    return error ? error : run(applying, &known);
}

Error apply_run(struct portal *portal, const struct visit *visit, Str json, bool dry_run, struct problems *problems, Applied *out)
{
    struct applying applying = {.portal = portal, .visit = visit, .arena = visit->arena, .problems = problems,
                                .diff = {.lines = {.arena = visit->arena}}, .dry_run = dry_run};
    struct arena *before = json_memory_use(visit->arena);
    applying.touched = json_object();
    Error error = check_and_run(&applying, json);
    json_memory_use(before);
    if (error) return error;
    *out = (Applied){text_str(&applying.diff.lines), applying.diff.added, applying.diff.changed, applying.diff.removed};
    return OK;
}
