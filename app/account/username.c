#include "account/username.h"

#include "account/profile.h"
#include "account/unique_tries.h"

static void read_commit(const Commit *commit, Step *out)
{
    const struct refusal *refusal = commit->refusals.first;
    switch (commit->outcome) {
    case COMMIT_DONE: out->outcome = STEP_DONE; return;
    case COMMIT_UNCHANGED: out->outcome = STEP_NOTHING; return;
    case COMMIT_TAKEN: out->outcome = STEP_UNUSABLE; return;
    default: break;
    }
    if (!refusal) return;
    out->verdict = refusal->verdict;
    out->problem = refusal->problem;
    if (refusal->kind == REFUSED_INVALID) out->outcome = STEP_INVALID;
}

Error username_change(struct portal *portal, const struct visit *visit, const struct user *user, Str typed, Step *out)
{
    struct change change;
    const struct field *tried;
    Commit commit;
    *out = (Step){0};
    change_init(&change, visit->arena, ACTOR_OWNER);
    change_put_text(&change, STR("username"), str_trim(typed));
    Error error = unique_tries_admit(portal, visit, user, &change, &tried, &out->seconds);
    if (error) return error;
    if (out->seconds) {
        out->outcome = STEP_WAIT;
        return OK;
    }
    error = account_commit(portal, visit, user->id, -1, &change, &commit);
    if (!error) read_commit(&commit, out);
    return error;
}
