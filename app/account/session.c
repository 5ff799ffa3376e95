#include "account/session.h"

#include "account/audit.h"
#include "account/decoy.h"
#include "account/known_device.h"
#include "account/member.h"
#include "account/namesake.h"
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
    struct called called;         /* what was asked for */
    struct namesakes who;         /* with a password here */
    struct known_device device;   /* account 0: a browser that proves nothing for any of them */
    struct user user;             /* whose password it is; id 0: nobody's */
    bool suspended;               /* a member of that organization, but not for now */
    bool evaluated;               /* at least one password was looked at */
    bool spray;                   /* this failure is the one that makes it look like a spray */
};

static const struct namesake *namesake_with(const struct attempt *attempt, int64_t account)
{
    for (size_t i = 0; i < attempt->who.count; i++)
        if (attempt->who.list[i].user.id == account) return &attempt->who.list[i];
    return NULL;
}

/* Nobody else of that name is looked at any more, and its tries count as those of a browser that its owner has used. */
static void mean_known_account(struct attempt *attempt)
{
    attempt->who.list[0] = *namesake_with(attempt, attempt->device.account);
    attempt->who.count = attempt->limit.count = 1;
    attempt->limit.accounts[0] = attempt->device.account;
    attempt->limit.device = attempt->device.counted;
}

/* Where several go by the name, a known browser would look at the others for nothing; so it is a stranger's until these are paused. */
static Error admit_inside(struct attempt *attempt, bool *admitted, SignIn *out)
{
    int64_t seconds = 0;
    Error error = sign_in_limit_take(&attempt->limit, &seconds);
    if (!error && seconds && attempt->device.account && attempt->who.count > 1) {
        mean_known_account(attempt);
        error = sign_in_limit_take(&attempt->limit, &seconds);
    }
    if (!error && seconds) *out = (SignIn){.outcome = SIGN_IN_PAUSED, .retry_after = seconds};
    *admitted = !error && !seconds;
    return error;
}

static Error admit(struct attempt *attempt, bool *admitted, SignIn *out)
{
    *admitted = false;
    Error error = db_begin(attempt->portal->db);
    if (error) return error;
    error = admit_inside(attempt, admitted, out);
    if (!error && *admitted) return db_commit(attempt->portal->db);
    db_rollback(attempt->portal->db);
    return error;
}

static Error audit(const struct attempt *attempt, const struct user *user, const char *outcome, const char *reason)
{
    const struct visit *visit = attempt->visit;
    const struct connection *connection = directory_connection(&attempt->portal->directory, user->connection);
    struct audit_entry entry = {
        .at = visit->now, .request_id = visit->request_id, .actor = STR("owner"), .actor_id = user->user_id,
        .organization = STR_NONE, .connection = connection ? connection->source.name : STR_NONE,
        .user_id = user->user_id, .action = STR("session.start"), .outcome = str_of(outcome), .reason = str_of(reason),
        .peer = visit->peer, .fields = STR("[]"),
    };
    if (!entry.actor_id.p) entry.actor_id = STR("");
    return audit_write(attempt->portal, &entry);
}

/* Known and unknown identifiers write the same: the same counts, one audit row; several namesakes one each. */
static Error fail_inside(struct attempt *attempt)
{
    static const struct user nobody;
    Error error = sign_in_limit_failed(&attempt->limit, &attempt->spray);
    if (!error && attempt->who.count == 0) return audit(attempt, &nobody, "refused", "password");
    for (size_t i = 0; !error && i < attempt->who.count; i++)
        error = audit(attempt, &attempt->who.list[i].user, "refused", "password");
    return error;
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
    if (!error) error = sign_in_limit_passed(&attempt->limit, user->id);
    if (!error) error = audit(attempt, user, "allowed", NULL);
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
        error = attempt->evaluated ? OK : sign_in_limit_give_back(&attempt->limit);
    } else if (verdict == ERR_DENIED) {
        error = fail_inside(attempt);
    } else if (attempt->user.blocked) {
        out->outcome = SIGN_IN_BLOCKED;
        error = sign_in_limit_passed(&attempt->limit, attempt->user.id);
        if (!error) error = audit(attempt, &attempt->user, "refused", "blocked");
        if (!error) error = account_blocked_by(portal, attempt->visit->arena, &attempt->user, &out->blocked_by);
    } else if (attempt->suspended) {
        out->outcome = SIGN_IN_SUSPENDED;
        error = sign_in_limit_passed(&attempt->limit, attempt->user.id);
        if (!error) error = audit(attempt, &attempt->user, "refused", "suspended");
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

static void look_up_names(struct attempt *attempt)
{
    size_t count = 0;
    for (size_t i = 0; i < attempt->who.count; i++)
        if (attempt->who.list[i].user.password_hash.n) attempt->who.list[count++] = attempt->who.list[i];
    attempt->who.count = attempt->limit.count = count;
    attempt->limit.shared = count > 1;
    for (size_t i = 0; i < count; i++) attempt->limit.accounts[i] = attempt->who.list[i].user.id;
}

static Error look_up(struct attempt *attempt)
{
    Error error = namesakes_find(attempt->portal, attempt->visit, &attempt->called, &attempt->who);
    if (error) return error;
    look_up_names(attempt);
    error = sign_in_limit_share(&attempt->limit);
    if (!error) error = known_device_find(attempt->portal, attempt->visit, attempt->called.key, &attempt->device);
    if (error || !attempt->device.account) return error;
    if (!namesake_with(attempt, attempt->device.account)) attempt->device.account = 0;
    if (attempt->device.account && attempt->who.count == 1) mean_known_account(attempt);
    return OK;
}

static Error deny_nobody(struct attempt *attempt, Str password)
{
    Str hash;
    Error error = decoy_find(attempt->portal, attempt->visit->arena, attempt->limit.name, &hash);
    return error ? error : hashing_deny(&attempt->portal->hashing, attempt->visit->arena, hash, password);
}

/* The first of several whose password it is, is meant. */
static Error check_password(struct attempt *attempt, Str password, Str *rehash)
{
    Error verdict = ERR_DENIED;
    for (size_t i = 0; verdict == ERR_DENIED && i < attempt->who.count; i++) {
        const struct namesake *each = &attempt->who.list[i];
        verdict = hashing_verify(&attempt->portal->hashing, attempt->visit->arena, each->user.password_hash, password, rehash);
        attempt->evaluated = attempt->evaluated || verdict != ERR_BUSY;
        if (verdict != OK) continue;
        attempt->user = each->user;
        attempt->suspended = each->suspended;
    }
    return verdict;
}

Error session_sign_in_at(struct portal *portal, const struct visit *visit, int64_t organization, Str identifier, Str password,
                         Str connection, Str old_cookie, SignIn *out)
{
    *out = (SignIn){.outcome = SIGN_IN_BUSY, .retry_after = BUSY_SECONDS};
    if (!hashing_has_room(&portal->hashing)) return OK;
    *out = (SignIn){0};
    Str key = identifier_key(visit->arena, identifier), rehash = STR_NONE;
    struct attempt attempt = {.portal = portal, .visit = visit,
                              .called = {.key = key, .connection = connection, .organization = organization}};
    Str name = key.n ? key : utf8_ascii_lower(visit->arena, str_first(identifier, 300));
    attempt.limit = (struct sign_in_limit){.portal = portal, .visit = visit, .name = name};
    bool admitted = false;
    Error error = portal_refresh(portal);
    if (!error) error = look_up(&attempt);
    if (!error) error = admit(&attempt, &admitted, out);
    if (error || !admitted) return error;
    Error verdict = attempt.who.count ? check_password(&attempt, password, &rehash) : deny_nobody(&attempt, password);
    if (verdict != OK && verdict != ERR_DENIED && verdict != ERR_BUSY) return verdict;
    return settle(&attempt, verdict, old_cookie, rehash, out);
}

Error session_sign_in(struct portal *portal, const struct visit *visit, Str identifier, Str password, Str connection,
                      Str old_cookie, SignIn *out)
{
    return session_sign_in_at(portal, visit, 0, identifier, password, connection, old_cookie, out);
}
