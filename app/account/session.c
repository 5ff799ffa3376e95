#include "account/session.h"

#include "account/audit.h"
#include "account/known_device.h"
#include "account/look.h"
#include "account/member.h"
#include "account/sign_in_limit.h"
#include "account/state.h"
#include "base/encode.h"
#include "base/log.h"
#include "base/utf8.h"
#include "store/user_store.h"

enum { COOKIE_LENGTH = 43, TOUCH_SECONDS = 60, BUSY_SECONDS = 2 };

/* --- the session behind a cookie --- */

/* Anything but exactly what we handed out is no session: no padding, no prefix, no other spelling of the same bytes. */
static bool cookie_hash(struct portal *portal, struct arena *arena, Str cookie, Str *out)
{
    Str bytes;
    if (cookie.n != COOKIE_LENGTH || !base64url_decode(arena, cookie, &bytes) || bytes.n != SECRET_BYTES) return false;
    *out = keys_mac(arena, portal->keys, KEY_SESSION, cookie);
    return true;
}

static void touch(struct portal *portal, const struct visit *visit, const struct session *session)
{
    if (visit->now - session->last_seen_at < TOUCH_SECONDS) return;
    Error error = db_run(portal->db, STMT_session_touch, DB_ARGS(db_blob(session->id_hash), db_int(visit->now)), NULL);
    if (error) log_line(LOG_WARNING, "a session's last use could not be written");
}

Error session_find(struct portal *portal, const struct visit *visit, Str cookie, struct session *out)
{
    Str hash;
    if (!cookie_hash(portal, visit->arena, cookie, &hash)) return ERR_SIGN_IN;
    struct session_row row;
    int64_t seen_after = visit->now - portal->options->session_idle_seconds;
    Error error = user_of_session(portal->db, visit->arena, hash, visit->now, seen_after, &row);
    if (error == ERR_NOT_FOUND) return ERR_SIGN_IN;
    if (error) return error;
    if (row.generation != portal->directory.generation && (error = portal_refresh(portal))) return error;
    *out = (struct session){.id_hash = hash, .public_id = row.public_id, .created_at = row.created_at,
                            .authenticated_at = row.authenticated_at, .last_seen_at = row.last_seen_at, .consented = row.consented,
                            .user = row.user};
    touch(portal, visit, out);
    return OK;
}

static Error drop(struct portal *portal, const struct visit *visit, Str cookie)
{
    Str hash;
    if (!cookie_hash(portal, visit->arena, cookie, &hash)) return OK;
    return db_run(portal->db, STMT_session_drop, DB_ARGS(db_blob(hash)), NULL);
}

static Error sign_out_inside(struct portal *portal, const struct visit *visit, const struct session *session)
{
    struct visit as = *visit;
    int64_t ended = 0;
    as.actor_id = session->user.user_id;
    Error error = db_run(portal->db, STMT_session_drop, DB_ARGS(db_blob(session->id_hash)), &ended);
    if (error || !ended) return error;
    return account_audit(portal, &as, ACTOR_OWNER, &session->user, "session.end", STR("sign-out"));
}

Error session_sign_out(struct portal *portal, const struct visit *visit, Str cookie)
{
    struct session session;
    Error error = session_find(portal, visit, cookie, &session);
    if (error == ERR_SIGN_IN) return drop(portal, visit, cookie);
    if (!error) error = db_begin(portal->db);
    if (error) return error;
    error = sign_out_inside(portal, visit, &session);
    if (!error) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}

/* --- form tokens --- */

Str form_token(struct portal *portal, struct arena *arena, Str binding)
{
    return base64url_encode(arena, keys_mac(arena, portal->keys, KEY_FORM, binding));
}

bool form_token_is(struct portal *portal, struct arena *arena, Str binding, Str token)
{
    return binding.n > 0 && crypto_equal(form_token(portal, arena, binding), token);
}

/* --- signing in --- */

struct attempt {
    struct portal *portal;
    const struct visit *visit;
    struct sign_in_limit limit;
    Str key, connection;          /* what was asked for */
    int64_t organization;         /* whose door it is; 0: the portal's */
    struct user user;             /* id 0: nobody with a password here */
    bool suspended;               /* a member of that organization, but not for now */
    bool spray;                   /* this failure is the one that makes it look like a spray */
};

static Error admit_inside(const struct attempt *attempt, bool *admitted, SignIn *out)
{
    int64_t seconds = 0;
    Error error = sign_in_limit_take(&attempt->limit, &seconds);
    if (!error && seconds) *out = (SignIn){.outcome = SIGN_IN_PAUSED, .retry_after = seconds};
    *admitted = !error && !seconds;
    return error;
}

static Error admit(const struct attempt *attempt, bool *admitted, SignIn *out)
{
    *admitted = false;
    Error error = db_begin(attempt->portal->db);
    if (error) return error;
    error = admit_inside(attempt, admitted, out);
    if (!error && *admitted) return db_commit(attempt->portal->db);
    db_rollback(attempt->portal->db);
    return error;
}

static Error take_if_admitted(struct attempt *attempt, const struct user *user)
{
    if (!user->password_hash.n) return OK;
    Error error = OK;
    if (attempt->organization)
        error = look_admits(attempt->portal, attempt->visit, attempt->organization, user->id, &attempt->suspended);
    if (!error) attempt->user = *user;
    return error == ERR_NOT_FOUND ? OK : error;
}

static Error candidate(struct attempt *attempt)
{
    int64_t accounts[8], wanted = 0;
    size_t count = 0;
    if (attempt->connection.n) {
        const struct connection *named = directory_connection_named(&attempt->portal->directory, attempt->connection);
        if (!named) return OK;
        wanted = named->id;
    }
    if (!attempt->key.n) return OK;
    Error error = users_by_identifier(attempt->portal->db, attempt->visit->arena, attempt->key, wanted, accounts, 8, &count);
    for (size_t i = 0; !error && i < count; i++) {
        struct user user;
        error = user_get(attempt->portal->db, attempt->visit->arena, accounts[i], &user);
        if (!error) error = take_if_admitted(attempt, &user);
        if (attempt->user.id) break;
    }
    return error;
}

static Error audit(const struct attempt *attempt, const char *outcome, const char *reason)
{
    const struct visit *visit = attempt->visit;
    const struct connection *connection = directory_connection(&attempt->portal->directory, attempt->user.connection);
    struct audit_entry entry = {
        .at = visit->now, .request_id = visit->request_id, .actor = STR("owner"), .actor_id = attempt->user.user_id,
        .organization = STR_NONE, .connection = connection ? connection->source.name : STR_NONE,
        .user_id = attempt->user.user_id, .action = STR("session.start"), .outcome = str_of(outcome), .reason = str_of(reason),
        .peer = visit->peer, .fields = STR("[]"),
    };
    if (!entry.actor_id.p) entry.actor_id = STR("");
    return audit_write(attempt->portal, &entry);
}

/* Known and unknown identifiers write the same: the same counts, one audit row. */
static Error fail_inside(struct attempt *attempt)
{
    Error error = sign_in_limit_failed(&attempt->limit, &attempt->spray);
    return error ? error : audit(attempt, "refused", "password");
}

/* What the sign-in counts, and what it may bring about: everywhere else than where somebody is to join, not one statement more. */
static Error count_login(const struct attempt *attempt, int64_t *to_join)
{
    struct rows rows;
    Error error = db_select(attempt->portal->db, STMT_account_login, DB_ARGS(db_int(attempt->user.id), db_int(attempt->visit->now)), &rows);
    if (error) return error;
    if (row_next(&rows)) *to_join = row_int(&rows, 0);
    return rows_end(&rows);
}

static Error begin_session(const struct attempt *attempt, Str old_cookie, Str rehash, SignIn *out)
{
    struct portal *portal = attempt->portal;
    const struct visit *visit = attempt->visit;
    const struct user *user = &attempt->user;
    Str cookie = base64url_encode(visit->arena, crypto_random(visit->arena, SECRET_BYTES));
    Str public_id = hex_encode(visit->arena, crypto_random(visit->arena, 12));
    int64_t begun = 0, to_join = 0;
    /* Only if the account still is what the password was checked against: not blocked, no other password, no newer epoch. */
    Error error = db_run(portal->db, STMT_session_add,
                         DB_ARGS(db_blob(keys_mac(visit->arena, portal->keys, KEY_SESSION, cookie)), db_text(public_id),
                                 db_int(user->id), db_int(user->epoch), db_text(user->password_hash), db_int(visit->now),
                                 db_int(visit->now + portal->options->session_seconds), db_text(visit->peer),
                                 db_text(visit->user_agent)), &begun);
    if (error) return error;
    if (begun != 1) return ERR_CONFLICT;
    if (rehash.n) error = db_run(portal->db, STMT_account_rehash, DB_ARGS(db_int(user->id), db_text(user->password_hash), db_text(rehash)), NULL);
    if (!error) error = drop(portal, visit, old_cookie);
    if (!error) error = db_run(portal->db, STMT_session_trim, DB_ARGS(db_int(user->id), db_int(portal->options->sessions_per_person)), NULL);
    if (!error) error = count_login(attempt, &to_join);
    if (!error) error = sign_in_limit_forget(&attempt->limit);
    if (!error) error = audit(attempt, "allowed", NULL);
    if (!error && to_join) error = member_join_assigned(portal, visit, user);
    out->cookie = cookie;
    out->device = known_device_cookie(portal, visit, user->id, user->epoch);
    return error;
}

static Error settle(struct attempt *attempt, Error verdict, Str old_cookie, Str rehash, SignIn *out)
{
    struct portal *portal = attempt->portal;
    Error error = db_begin(portal->db);
    if (error) return error;
    out->outcome = SIGN_IN_REFUSED;
    if (verdict == ERR_BUSY) {
        *out = (SignIn){.outcome = SIGN_IN_BUSY, .retry_after = BUSY_SECONDS};
        error = sign_in_limit_give_back(&attempt->limit);
    } else if (verdict == ERR_DENIED) {
        error = fail_inside(attempt);
    } else if (attempt->user.blocked) {
        out->outcome = SIGN_IN_BLOCKED;
        error = sign_in_limit_forget(&attempt->limit);
        if (!error) error = audit(attempt, "refused", "blocked");
        if (!error) error = account_blocked_by(portal, attempt->visit->arena, &attempt->user, &out->blocked_by);
    } else if (attempt->suspended) {
        out->outcome = SIGN_IN_SUSPENDED;
        error = sign_in_limit_forget(&attempt->limit);
        if (!error) error = audit(attempt, "refused", "suspended");
    } else {
        error = begin_session(attempt, old_cookie, rehash, out);
        if (!error) out->outcome = SIGN_IN_OK;
    }
    if (!error) {
        error = db_commit(portal->db);
        if (!error && attempt->spray) sign_in_limit_tell(portal->options);
        return error;
    }
    db_rollback(portal->db);
    if (error != ERR_CONFLICT) return error;
    /* The account changed while its password was checked: blocked, another password, or the same one hashed anew by a sign-in
       beside this one. The next attempt is told what holds now. */
    *out = (SignIn){.outcome = SIGN_IN_BUSY, .retry_after = BUSY_SECONDS};
    return OK;
}

/* Somebody is looked up before the attempt is counted only for a browser that proves to have signed in under this very name. */
static Error recognize(struct attempt *attempt)
{
    struct known_device device;
    Error error = known_device_find(attempt->portal, attempt->visit, attempt->key, &device);
    if (error || !device.account) return error;
    error = candidate(attempt);
    if (!error && attempt->user.id == device.account) attempt->limit.device = device.counted;
    return error;
}

Error session_sign_in_at(struct portal *portal, const struct visit *visit, int64_t organization, Str identifier, Str password,
                         Str connection, Str old_cookie, SignIn *out)
{
    *out = (SignIn){.outcome = SIGN_IN_BUSY, .retry_after = BUSY_SECONDS};
    if (!hashing_has_room(&portal->hashing)) return OK;
    *out = (SignIn){0};
    struct attempt attempt = {.portal = portal, .visit = visit, .organization = organization, .connection = connection,
                              .key = identifier_key(visit->arena, identifier)};
    Str name = attempt.key.n ? attempt.key : utf8_ascii_lower(visit->arena, str_first(identifier, 300));
    attempt.limit = (struct sign_in_limit){.portal = portal, .visit = visit, .name = name};
    bool admitted = false;
    Error error = portal_refresh(portal);
    if (!error) error = recognize(&attempt);
    if (!error) error = admit(&attempt, &admitted, out);
    if (error || !admitted) return error;
    if (!attempt.user.id) error = candidate(&attempt);
    if (error) return error;
    Str rehash = STR_NONE;
    Error verdict = hashing_verify(&portal->hashing, visit->arena, attempt.user.password_hash, password, &rehash);
    if (verdict != OK && verdict != ERR_DENIED && verdict != ERR_BUSY) return verdict;
    return settle(&attempt, verdict, old_cookie, rehash, out);
}

Error session_sign_in(struct portal *portal, const struct visit *visit, Str identifier, Str password, Str connection,
                      Str old_cookie, SignIn *out)
{
    return session_sign_in_at(portal, visit, 0, identifier, password, connection, old_cookie, out);
}
