#include "account/importing.h"

#include "account/profile.h"
#include "account/state.h"

struct writing {
    struct importing *importing;
    struct import_pending *pending;
    const struct plan_user *wanted;
    const struct user *user;
    struct visit visit;
};

/* What an update leaves alone (domain.md §1.1): what people sign in with beside the address that found them. */
static bool stays(const struct field *field)
{
    return str_is(field->name, "username") || str_is(field->name, "phone_number") || str_is(field->name, "phone_verified");
}

static void warn_stays(struct writing *writing, Str path)
{
    import_warn(writing->importing, writing->pending, "UNCHANGED", path, "stays as it is: an update does not change it");
}

static bool is_same(const json_t *a, const json_t *b)
{
    return a && b ? json_equal(a, b) : a == b;
}

static bool has_id(const struct user *user, Str id)
{
    Str own = user->user_id;
    str_cut(&own, '|');
    return str_eq(own, id);
}

static void leave_alone(struct writing *writing, struct plan_user *wanted)
{
    size_t kept = 0;
    if (wanted->user_id.p && !has_id(writing->user, wanted->user_id)) warn_stays(writing, STR("user_id"));
    for (size_t i = 0; i < wanted->value_count; i++) {
        const struct plan_value value = wanted->values[i];
        if (!stays(value.field)) wanted->values[kept++] = value;
        else if (!is_same(field_value(writing->user->profile, value.field), value.value)) warn_stays(writing, value.field->name);
    }
    wanted->value_count = kept;
    if (wanted->blocked >= 0 && (wanted->blocked == 1) != writing->user->blocked) warn_stays(writing, STR("blocked"));
}

static void say_refusal(struct writing *writing, const struct refusal *refusal)
{
    struct importing *importing = writing->importing;
    struct arena *scratch = importing->scratch;
    if (refusal->kind == REFUSED_UNKNOWN)
        import_error(importing, writing->pending, "FORMAT", refusal->field, "no such field");
    else if (refusal->kind == REFUSED_LOCKED)
        import_error(importing, writing->pending, "NOT_PASSED", refusal->field, "is locked for the operator by the rule: %.*s",
                     STR_ARGS(verdict_rule(scratch, refusal->verdict)));
    else if (refusal->problem.message)
        import_error(importing, writing->pending, "FORMAT", refusal->field, "%.*s", STR_ARGS(plan_sentence(scratch, refusal->problem)));
    else import_error(importing, writing->pending, "CONFLICT", refusal->field, "another account of this connection has this value");
}

/* Refused before anything was written: the row alone fails. After that the chunk has to be taken back. */
static Error say_outcome(struct writing *writing, const Commit *commit)
{
    for (const struct refusal *refusal = commit->refusals.first; refusal; refusal = refusal->next) say_refusal(writing, refusal);
    if (commit->outcome == COMMIT_STALE)
        import_error(writing->importing, writing->pending, "CONFLICT", STR("user_id"), "was an account's before, and is never given again");
    return commit_leaves_nothing(commit) ? ERR_CONFLICT : OK;
}

static bool is_written(const Commit *commit)
{
    return commit->outcome == COMMIT_DONE || commit->outcome == COMMIT_UNCHANGED;
}

static void say_done(struct writing *writing, enum import_outcome outcome, const struct user *user)
{
    writing->pending->row.outcome = outcome;
    writing->pending->row.user_id = arena_copy(writing->importing->chunk, user->user_id);
    writing->pending->account = user->id;
}

static Error create(struct writing *writing)
{
    const struct plan_user *wanted = writing->wanted;
    struct portal *portal = writing->importing->portal;
    struct change change;
    Commit commit;
    plan_change(writing->visit.arena, wanted, writing->user, true, &change);
    Error error = account_create(portal, &writing->visit, writing->importing->connection, wanted->user_id, &change, &commit);
    if (error || !is_written(&commit)) return error ? error : say_outcome(writing, &commit);
    say_done(writing, IMPORT_INSERTED, &commit.user);
    if (wanted->password_hash.p) error = account_first_password(portal, &writing->visit, commit.user.id, wanted->password_hash);
    if (error || wanted->blocked != 1) return error;
    return account_block(portal, &writing->visit, ACTOR_OPERATOR, &commit.user, true, writing->visit.reason);
}

static Error update_password(struct writing *writing)
{
    const struct plan_user *wanted = writing->wanted;
    const struct user *user = writing->user;
    if (!wanted->password_hash.p || str_eq(wanted->password_hash, user->password_hash)) return OK;
    if (!plan_takes_hash(wanted, user)) {
        import_warn(writing->importing, writing->pending, "UNCHANGED", STR("password_hash"), "stays as it is: the account has a password already");
        return OK;
    }
    say_done(writing, IMPORT_UPDATED, user);
    return account_set_password(writing->importing->portal, &writing->visit, ACTOR_OPERATOR, user, wanted->password_hash);
}

static Error update(struct writing *writing)
{
    struct portal *portal = writing->importing->portal;
    struct change change;
    Commit commit = {.outcome = COMMIT_UNCHANGED};
    plan_change(writing->visit.arena, writing->wanted, writing->user, true, &change);
    Error error = change.count ? account_commit(portal, &writing->visit, writing->user->id, -1, &change, &commit) : OK;
    if (error || !is_written(&commit)) return error ? error : say_outcome(writing, &commit);
    say_done(writing, commit.outcome == COMMIT_DONE ? IMPORT_UPDATED : IMPORT_UNCHANGED, writing->user);
    return update_password(writing);
}

Error import_write(struct importing *importing, struct import_pending *pending, const struct plan_user *wanted, const struct user *user)
{
    struct plan_user left = *wanted;
    struct writing writing = {.importing = importing, .pending = pending, .wanted = &left, .user = user, .visit = *importing->visit};
    writing.visit.arena = importing->scratch;
    writing.visit.reason = STR("import");
    if (user->id) leave_alone(&writing, &left);
    return user->id ? update(&writing) : create(&writing);
}
