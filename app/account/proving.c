#include "account/proving.h"

#include "account/profile.h"
#include "account/proving_limit.h"
#include "account/state.h"
#include "base/text_marker.h"
#include "store/user_store.h"

/* One request for a proof, inside its transaction. */
struct asking {
    struct portal *portal;
    const struct visit *visit;
    const struct proof_kind *kind;
    enum actor actor;
    Str language;
    const struct field *field;
    struct user user;
    Verdict verdict;
};

static const struct field *field_named(const struct portal *portal, const char *name)
{
    return field_find(&portal->directory.fields, str_of(name));
}

Str proving_value(struct portal *portal, struct arena *arena, const char *field, const struct user *user)
{
    const struct field *found = field_named(portal, field);
    const json_t *value = field_value(user->profile, found);
    return value ? field_text(arena, found, value) : STR("");
}

bool proving_is_verified(const struct proof_kind *kind, const struct user *user)
{
    return json_is_true(json_object_get(user->profile, kind->mark));
}

static Str key_of(const struct portal *portal, struct arena *arena, const struct proof_kind *kind, Str value)
{
    return value.n ? field_key(arena, field_named(portal, kind->field), json_stringn(value.p, value.n)) : STR_NONE;
}

static bool is_own(struct portal *portal, struct arena *arena, const struct proof_kind *kind, const struct user *user, Str value)
{
    Str own = key_of(portal, arena, kind, proving_value(portal, arena, kind->field, user));
    return own.n && str_eq(own, key_of(portal, arena, kind, value));
}

static Error owner_verdict(struct portal *portal, const struct visit *visit, const struct field *field, const struct user *user,
                           Verdict *out)
{
    struct subject subject;
    Error error = account_subject(portal, visit->arena, user, &subject);
    if (!error) *out = policy_level(&portal->directory.fields, field, &subject, ACTOR_OWNER, false);
    return error;
}

/* --- how it stands --- */

static struct proof_limit limit_of(struct portal *portal, const struct visit *visit, const struct proof_kind *kind, int64_t account,
                                   Str value)
{
    return (struct proof_limit){.portal = portal, .visit = visit, .kind = kind, .account = account,
                                .destination = key_of(portal, visit->arena, kind, value)};
}

static Error bounces(struct portal *portal, const struct visit *visit, const struct proof_kind *kind, Str value, bool *out)
{
    return kind->proof == PROOF_EMAIL && value.n ? address_is_bouncing(portal, visit->arena, value, out) : OK;
}

Error proving_pending(struct portal *portal, const struct visit *visit, const struct proof_kind *kind, const struct user *user,
                      struct proof_state *state)
{
    struct artefact artefact;
    Error error = bounces(portal, visit, kind, state->value, &state->bouncing);
    if (!error) error = artefact_pending(portal, visit, kind->change, user->id, &artefact);
    if (error) return error == ERR_NOT_FOUND ? OK : error;
    if (!proving_fits(portal, visit->arena, kind, user, &artefact)) return OK;
    state->pending = true;
    state->pending_value = artefact.value;
    state->pending_since = artefact.created_at;
    state->pending_until = artefact.expires_at;
    return bounces(portal, visit, kind, state->pending_value, &state->pending_bouncing);
}

Error proving_state(struct portal *portal, const struct visit *visit, const struct proof_kind *kind, const struct user *user,
                    struct proof_state *out)
{
    *out = (struct proof_state){.field = field_named(portal, kind->field), .verified = proving_is_verified(kind, user),
                                .value = proving_value(portal, visit->arena, kind->field, user)};
    Error error = owner_verdict(portal, visit, out->field, user, &out->verdict);
    if (!error) error = proving_pending(portal, visit, kind, user, out);
    if (error || (!out->pending && (out->verified || !out->value.n))) return error;
    struct proof_limit limit = limit_of(portal, visit, kind, user->id, out->pending ? out->pending_value : out->value);
    return proof_limit_look(&limit, &out->wait);
}

bool proving_fits(struct portal *portal, struct arena *arena, const struct proof_kind *kind, const struct user *user,
                  const struct artefact *artefact)
{
    Str now = proving_value(portal, arena, kind->field, user);
    const json_t *from = json_object_get(artefact->data, "from");
    return str_eq(now, (Str){json_string_value(from), json_string_length(from)});
}

/* --- asking --- */

static Error asking_begin(struct asking *asking, int64_t account)
{
    Error error = portal_refresh(asking->portal);
    if (!error) error = user_get(asking->portal->db, asking->visit->arena, account, &asking->user);
    if (error) return error;
    asking->field = field_named(asking->portal, asking->kind->field);
    return owner_verdict(asking->portal, asking->visit, asking->field, &asking->user, &asking->verdict);
}

Error proving_home(struct portal *portal, struct arena *arena, const struct user *user, int64_t *out)
{
    struct membership *memberships = NULL;
    size_t count = 0;
    *out = 0;
    Error error = user_memberships(portal->db, arena, &portal->directory.fields, user->id, &memberships, &count);
    for (size_t i = 0; !error && i < count; i++)
        if (memberships[i].rules.home) *out = memberships[i].organization;
    return error;
}

static void put_text(json_t *object, const char *key, Str text)
{
    json_object_set_new(object, key, json_stringn(text.p ? text.p : "", text.n));
}

static Error write_letter(const struct asking *asking, const struct artefact_wish *wish, enum letter letter, Str secret)
{
    struct arena *arena = asking->visit->arena;
    json_t *payload = json_object();
    put_text(payload, "value", wish->value);
    if (asking->kind->path) put_text(payload, "link", arena_print(arena, "%s?token=%.*s", asking->kind->path, STR_ARGS(secret)));
    else put_text(payload, "code", secret);
    json_object_set_new(payload, "at", json_integer(asking->visit->now));
    put_text(payload, "peer", asking->visit->peer);
    return outbox_add(asking->portal, asking->visit,
                      &(struct outbox_wish){.letter = letter, .user = &asking->user, .organization = wish->organization,
                                            .recipient = wish->value, .language = asking->language,
                                            .expires_at = asking->visit->now + wish->seconds, .payload = payload});
}

/* The artefact remembers what counted when it was made. */
static Error send(const struct asking *asking, Str value, bool own)
{
    struct portal *portal = asking->portal;
    const struct proof_kind *kind = asking->kind;
    json_t *data = json_object();
    put_text(data, "from", proving_value(portal, asking->visit->arena, kind->field, &asking->user));
    struct artefact_wish wish = {
        .purpose = own ? kind->verify : kind->change, .user = &asking->user, .value = value, .data = data,
        .seconds = kind->path ? portal->options->email_link_seconds : portal->options->code_seconds,
    };
    Str secret;
    Error error = proving_home(portal, asking->visit->arena, &asking->user, &wish.organization);
    if (!error && kind->change != wish.purpose) error = artefact_cancel(portal, asking->visit, kind->change, asking->user.id);
    if (!error) error = artefact_make(portal, asking->visit, &wish, &secret);
    if (!error) error = write_letter(asking, &wish, own ? kind->verify_letter : kind->change_letter, secret);
    return error ? error : account_audit(portal, asking->visit, asking->actor, &asking->user, kind->asked, asking->visit->reason);
}

static Error invalid(Step *out, FieldProblem problem)
{
    out->outcome = STEP_INVALID;
    out->problem = problem;
    return OK;
}

static Error admit_and_send(const struct asking *asking, Str value, bool own, Step *out)
{
    if (!proof_limit_reaches(asking->portal->options, asking->kind, value))
        return invalid(out, (FieldProblem){.message = asking->kind->unreachable});
    struct proof_limit limit = limit_of(asking->portal, asking->visit, asking->kind, asking->user.id, value);
    Error error = proof_limit_take(&limit, &out->seconds);
    if (error) return error;
    out->outcome = out->seconds ? STEP_WAIT : STEP_DONE;
    return out->seconds ? OK : send(asking, value, own);
}

static Error ask_inside(struct asking *asking, int64_t account, Str typed, Step *out)
{
    const struct proof_kind *kind = asking->kind;
    struct arena *arena = asking->visit->arena;
    json_t *clean = NULL;
    FieldProblem problem = {0};
    Error error = asking_begin(asking, account);
    if (error || asking->verdict.level < LEVEL_ONCE) return error;
    if (!field_clean(arena, asking->field, json_stringn_nocheck(typed.p ? typed.p : "", typed.n), &clean, &problem))
        return invalid(out, problem);
    if (!clean) return invalid(out, (FieldProblem){.message = N_("Fill this in; it cannot stay empty.")});
    Str value = field_text(arena, asking->field, clean);
    bool own = is_own(asking->portal, arena, kind, &asking->user, value);
    if (own && proving_is_verified(kind, &asking->user)) return invalid(out, (FieldProblem){.message = kind->same});
    return admit_and_send(asking, own ? proving_value(asking->portal, arena, kind->field, &asking->user) : value, own, out);
}

static Error resend_inside(struct asking *asking, int64_t account, Step *out)
{
    struct proof_state state;
    Error error = asking_begin(asking, account);
    if (!error) error = proving_state(asking->portal, asking->visit, asking->kind, &asking->user, &state);
    if (error) return error;
    bool own = !state.pending;
    if (own && (state.verified || !state.value.n)) {
        out->outcome = STEP_NOTHING;
        return OK;
    }
    if (asking->verdict.level < (own ? LEVEL_READ : LEVEL_ONCE)) return OK;
    return admit_and_send(asking, own ? state.value : state.pending_value, own, out);
}

/* Nothing stays of what was not sent: only STEP_DONE is committed. */
static Error finish(struct portal *portal, Error error, const Step *step)
{
    if (!error && step->outcome == STEP_DONE) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}

Error proving_ask(struct portal *portal, const struct visit *visit, const struct proof_kind *kind, int64_t account, Str typed,
                  Str language, Step *out)
{
    struct asking asking = {.portal = portal, .visit = visit, .kind = kind, .actor = ACTOR_OWNER, .language = language};
    *out = (Step){0};
    Error error = db_begin(portal->db);
    if (error) return error;
    error = finish(portal, ask_inside(&asking, account, typed, out), out);
    out->verdict = asking.verdict;
    if (error || out->outcome != STEP_REFUSED) return error;
    return proving_refused(portal, visit, kind, account, typed, out);
}

Error proving_resend(struct portal *portal, const struct visit *visit, const struct proof_kind *kind, int64_t account,
                     Str language, Step *out)
{
    struct asking asking = {.portal = portal, .visit = visit, .kind = kind, .actor = ACTOR_OWNER, .language = language};
    *out = (Step){0};
    Error error = db_begin(portal->db);
    if (error) return error;
    error = finish(portal, resend_inside(&asking, account, out), out);
    out->verdict = asking.verdict;
    return error;
}

Error proving_offer(struct portal *portal, const struct visit *visit, const struct proof_kind *kind, int64_t account, Step *out)
{
    struct asking asking = {.portal = portal, .visit = visit, .kind = kind, .actor = ACTOR_DESK};
    *out = (Step){.outcome = STEP_NOTHING};
    Error error = asking_begin(&asking, account);
    if (error) return error;
    Str value = proving_value(portal, visit->arena, kind->field, &asking.user);
    Str locale = proving_value(portal, visit->arena, "locale", &asking.user);
    if (!value.n || proving_is_verified(kind, &asking.user)) return OK;
    asking.language = locale.n ? str_cut(&locale, '-') : portal->options->default_language;
    return admit_and_send(&asking, value, true, out);
}

Error proving_cancel(struct portal *portal, const struct visit *visit, const struct proof_kind *kind, const struct user *user)
{
    struct artefact artefact;
    Error error = db_begin(portal->db);
    if (error) return error;
    error = artefact_pending(portal, visit, kind->change, user->id, &artefact);
    bool pending = !error;
    if (!error) error = artefact_cancel(portal, visit, kind->change, user->id);
    if (!error) error = account_audit(portal, visit, ACTOR_OWNER, user, kind->cancelled, STR_NONE);
    if (!error) return db_commit(portal->db);
    db_rollback(portal->db);
    return error == ERR_NOT_FOUND && !pending ? OK : error;
}

/* --- what was proven --- */

static void read_refusal(const Commit *commit, Step *out)
{
    const struct refusal *refusal = commit->refusals.first;
    if (!refusal) return;
    out->verdict = refusal->verdict;
    out->problem = refusal->problem;
    if (refusal->kind == REFUSED_INVALID) out->outcome = STEP_INVALID;
}

/* Without a proof the owner's change is always refused, by the rule that stands first; and that is what the audit row says. */
Error proving_refused(struct portal *portal, const struct visit *visit, const struct proof_kind *kind, int64_t account, Str value,
                      Step *out)
{
    struct change change;
    Commit commit;
    change_init(&change, visit->arena, ACTOR_OWNER);
    change_put_text(&change, str_of(kind->field), value);
    Error error = account_commit(portal, visit, account, -1, &change, &commit);
    if (!error) read_refusal(&commit, out);
    return error;
}

Error proving_apply(struct portal *portal, const struct visit *visit, const struct proof_kind *kind, const struct user *user,
                    const struct artefact *artefact, Step *out)
{
    struct change change;
    Commit commit;
    *out = (Step){.changed = !str_eq(artefact->value, proving_value(portal, visit->arena, kind->field, user))};
    change_init(&change, visit->arena, ACTOR_OWNER);
    change.proven[kind->proof] = true;
    if (out->changed) change_put_text(&change, str_of(kind->field), artefact->value);
    Error error = account_commit(portal, visit, user->id, -1, &change, &commit);
    if (error) return error;
    switch (commit.outcome) {
    case COMMIT_DONE:
    case COMMIT_UNCHANGED: out->outcome = STEP_DONE; return OK;
    case COMMIT_TAKEN: out->outcome = STEP_UNUSABLE; return OK;
    case COMMIT_STALE: return ERR_BUSY;
    default: read_refusal(&commit, out); return OK;
    }
}
