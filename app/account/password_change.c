#include "account/password_change.h"

#include "account/look.h"
#include "account/outbox.h"
#include "account/password_policy.h"
#include "account/profile.h"
#include "account/session.h"
#include "account/state.h"
#include "store/user_store.h"

enum { NOTICE_SECONDS = 86400 };

struct changing {
    struct portal *portal;
    const struct visit *visit;
    const struct user *user;
    const struct artefact *reset;
    Str hash, language;
};

static Str text_of(const struct user *user, const char *field)
{
    return str_of(json_string_value(json_object_get(user->profile, field)));
}

/* The account must still be what the proof was about: no newer epoch, and the address still the one that the link went to. */
static Error check_unchanged(const struct changing *changing)
{
    struct user now;
    Error error = user_get(changing->portal->db, changing->visit->arena, changing->user->id, &now);
    if (error == ERR_NOT_FOUND) return ERR_EXPIRED;
    if (error) return error;
    bool moved = changing->reset && !str_eq(text_of(&now, "email"), changing->reset->value);
    return now.epoch != changing->user->epoch || moved ? ERR_EXPIRED : OK;
}

/* Of earlier hashes only as many are kept as the policy looks at. */
static Error remember(const struct changing *changing)
{
    struct db *db = changing->portal->db;
    Value account = db_int(changing->user->id);
    size_t depth = password_policy_history(changing->portal, changing->user);
    Error error = OK;
    if (depth > 1 && changing->user->password_hash.n)
        error = db_run(db, STMT_password_history_add,
                       DB_ARGS(account, db_text(changing->user->password_hash), db_int(changing->visit->now)), NULL);
    if (error) return error;
    return db_run(db, STMT_password_history_trim, DB_ARGS(account, db_int(depth > 1 ? (int64_t)depth - 1 : 0)), NULL);
}

static Error replace(const struct changing *changing)
{
    struct db *db = changing->portal->db;
    const struct user *user = changing->user;
    int64_t changed = 0;
    Error error = db_run(db, STMT_account_new_password,
                         DB_ARGS(db_int(user->id), db_text(changing->hash), db_int(user->epoch), db_int(changing->visit->now)),
                         &changed);
    if (error) return error;
    if (changed != 1) return ERR_EXPIRED;
    error = db_run(db, STMT_session_drop_of_account, DB_ARGS(db_int(user->id)), NULL);
    return error ? error : session_forgive(changing->portal, changing->visit, user);
}

static Error drop_phone(const struct changing *changing)
{
    struct visit visit = *changing->visit;
    struct change change;
    Commit commit;
    if (!text_of(changing->user, "phone_number").n) return OK;
    visit.actor_id = STR("system:reset");
    change_init(&change, visit.arena, ACTOR_OPERATOR);
    change_put(&change, STR("phone_number"), json_null());
    return account_commit(changing->portal, &visit, changing->user->id, -1, &change, &commit);
}

static Error cancel_all(const struct changing *changing)
{
    Error error = OK;
    for (enum purpose purpose = 0; !error && purpose < PURPOSES; purpose++)
        error = artefact_cancel(changing->portal, changing->visit, purpose, changing->user->id);
    return error;
}

/* Whoever registered an address that is not theirs is out from now on: with what they could come back by (B16). */
static Error claim(const struct changing *changing)
{
    struct change change;
    Commit commit;
    if (!changing->reset || json_is_true(json_object_get(changing->user->profile, "email_verified"))) return OK;
    Error error = drop_phone(changing);
    if (!error) error = cancel_all(changing);
    if (error) return error;
    change_init(&change, changing->visit->arena, ACTOR_OWNER);
    change.proven[PROOF_EMAIL] = true;
    return account_commit(changing->portal, changing->visit, changing->user->id, -1, &change, &commit);
}

/* An account without an address, or with one that no mail can be sent to, gets its new password all the same. */
static Error notify(const struct changing *changing)
{
    const struct visit *visit = changing->visit;
    Str address = text_of(changing->user, "email");
    int64_t organization = changing->reset ? changing->reset->organization : 0;
    struct look look;
    if (!address.n) return OK;
    Error error = look_of(changing->portal, visit->arena, organization, &look);
    if (error) return error;
    json_t *payload = json_object();
    Str link = look_path(visit->arena, &look, "/password/forgot");
    json_object_set_new(payload, "at", json_integer(visit->now));
    json_object_set_new(payload, "peer", json_stringn(visit->peer.p ? visit->peer.p : "", visit->peer.n));
    json_object_set_new(payload, "link", json_stringn(link.p, link.n));
    struct outbox_wish wish = {
        .letter = LETTER_password_changed, .user = changing->user, .recipient = address, .language = changing->language,
        .organization = organization, .expires_at = visit->now + NOTICE_SECONDS, .payload = payload,
    };
    error = outbox_add(changing->portal, visit, &wish);
    return error == ERR_INVALID ? OK : error;
}

static Error change_inside(const struct changing *changing)
{
    Error error = check_unchanged(changing);
    if (!error && changing->reset) error = artefact_take(changing->portal, changing->visit, changing->reset);
    if (!error) error = remember(changing);
    if (!error) error = replace(changing);
    if (!error) error = claim(changing);
    if (!error) error = notify(changing);
    if (error) return error;
    return account_audit(changing->portal, changing->visit, ACTOR_OWNER, changing->user,
                         changing->reset ? "password.reset" : "password.change", STR_NONE);
}

Error password_change(struct portal *portal, const struct visit *visit, const struct user *user, Str password,
                      const struct artefact *reset, Str language)
{
    struct changing changing = {.portal = portal, .visit = visit, .user = user, .reset = reset, .language = language};
    Error error = hashing_make(&portal->hashing, visit->arena, password, &changing.hash);
    if (!error) error = db_begin(portal->db);
    if (error) return error;
    error = change_inside(&changing);
    if (!error) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}
