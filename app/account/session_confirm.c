/* The password of somebody who is signed in, asked for once more. */
#include "account/session.h"

#include "account/known_device.h"
#include "account/state.h"
#include "account/throttle.h"
#include "base/encode.h"

enum { COUNT_SECONDS = 86400, BUSY_SECONDS = 2 };

static const struct bucket bucket = {"confirm", COUNT_SECONDS};

static Str bucket_key(const struct visit *visit, const struct session *session)
{
    return arena_print(visit->arena, "%lld", (long long)session->user.id);
}

static Error count_inside(struct portal *portal, const struct visit *visit, const struct session *session, SignIn *out)
{
    int64_t count = 0, until = 0;
    Str key = bucket_key(visit, session);
    Error error = throttle_look(portal, visit, &bucket, key, &count, &until);
    if (error) return error;
    if (until > visit->now) {
        *out = (SignIn){.outcome = SIGN_IN_PAUSED, .retry_after = until - visit->now};
        return OK;
    }
    error = throttle_count(portal, visit, &bucket, key, &count, &until);
    if (error || count < portal->options->login_failures) return error;
    return throttle_pause(portal, visit, &bucket, key, visit->now + sign_in_pause(portal->options, count));
}

/* However many come at the same moment, only so many are evaluated: the failure is counted before it happens. */
static Error count_try(struct portal *portal, const struct visit *visit, const struct session *session, SignIn *out)
{
    Error error = db_begin(portal->db);
    if (error) return error;
    error = count_inside(portal, visit, session, out);
    if (!error) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}

Error session_confirm_paused(struct portal *portal, const struct visit *visit, const struct user *user, int64_t *until)
{
    int64_t count = 0;
    struct session any = {.user = *user};
    Error error = throttle_look(portal, visit, &bucket, bucket_key(visit, &any), &count, until);
    if (!error && *until <= visit->now) *until = 0;
    return error;
}

Error session_confirm_forgive(struct portal *portal, const struct visit *visit, const struct user *user)
{
    struct session any = {.user = *user};
    return throttle_forget(portal, visit, &bucket, bucket_key(visit, &any));
}

static Error note_refusal(struct portal *portal, const struct visit *visit, const struct session *session)
{
    return account_audit_refused(portal, visit, ACTOR_OWNER, &session->user, "session.confirm", STR("password"));
}

Error session_check_password(struct portal *portal, const struct visit *visit, const struct session *session, Str password,
                             SignIn *out)
{
    Str rehash;
    *out = (SignIn){0};
    Error error = count_try(portal, visit, session, out);
    if (error || out->outcome == SIGN_IN_PAUSED) return error;
    Error verdict = hashing_verify(&portal->hashing, visit->arena, session->user.password_hash, password, &rehash);
    switch (verdict) {
    case OK:
        out->outcome = SIGN_IN_OK;
        return throttle_forget(portal, visit, &bucket, bucket_key(visit, session));
    case ERR_DENIED:
        return note_refusal(portal, visit, session);
    case ERR_BUSY:
        *out = (SignIn){.outcome = SIGN_IN_BUSY, .retry_after = BUSY_SECONDS};
        return throttle_uncount(portal, visit, &bucket, bucket_key(visit, session));
    default:
        return verdict;
    }
}

static Error confirm_inside(struct portal *portal, const struct visit *visit, const struct session *session, SignIn *out)
{
    int64_t changed = 0;
    Str cookie = base64url_encode(visit->arena, crypto_random(visit->arena, SECRET_BYTES));
    Error error = db_run(portal->db, STMT_session_confirm,
                         DB_ARGS(db_blob(session->id_hash), db_blob(keys_mac(visit->arena, portal->keys, KEY_SESSION, cookie)),
                                 db_text(session->user.password_hash), db_int(visit->now)), &changed);
    if (error) return error;
    if (changed != 1) return ERR_SIGN_IN;
    out->cookie = cookie;
    out->device = known_device_cookie(portal, visit, session->user.id, session->user.epoch);
    return account_audit(portal, visit, ACTOR_OWNER, &session->user, "session.confirm", STR_NONE);
}

Error session_confirm(struct portal *portal, const struct visit *visit, const struct session *session, Str password, SignIn *out)
{
    Error error = session_check_password(portal, visit, session, password, out);
    if (error || out->outcome != SIGN_IN_OK) return error;
    error = db_begin(portal->db);
    if (!error) error = confirm_inside(portal, visit, session, out);
    if (!error) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}
