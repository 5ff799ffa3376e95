#include "account/username.h"

#include "account/profile.h"
#include "account/throttle.h"
#include "base/utf8.h"

enum { A_MINUTE = 60 };

static const struct bucket tries_bucket = {"username-tries", A_MINUTE};

Error username_admit(struct portal *portal, const struct visit *visit, const struct user *user, Str typed, int64_t *seconds)
{
    int64_t count = 0, until = 0;
    Str own = proving_value(portal, visit->arena, "username", user);
    *seconds = 0;
    if (str_eq(utf8_ascii_lower(visit->arena, str_trim(typed)), own)) return OK;
    Str key = arena_print(visit->arena, "%lld", (long long)user->id);
    Error error = throttle_look(portal, visit, &tries_bucket, key, &count, &until);
    if (!error && until <= visit->now) error = throttle_count(portal, visit, &tries_bucket, key, &count, &until);
    if (error || (until <= visit->now && count <= portal->options->username_tries_per_minute)) return error;
    *seconds = until > visit->now ? until - visit->now : A_MINUTE;
    return until > visit->now ? OK : throttle_pause(portal, visit, &tries_bucket, key, visit->now + A_MINUTE);
}

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
    Commit commit;
    *out = (Step){0};
    Error error = username_admit(portal, visit, user, typed, &out->seconds);
    if (error) return error;
    if (out->seconds) {
        out->outcome = STEP_WAIT;
        return OK;
    }
    change_init(&change, visit->arena, ACTOR_OWNER);
    change_put_text(&change, STR("username"), str_trim(typed));
    error = account_commit(portal, visit, user->id, -1, &change, &commit);
    if (!error) read_commit(&commit, out);
    return error;
}
