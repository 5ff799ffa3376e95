#include "account/session.h"

#include "account/look.h"
#include "account/throttle.h"
#include "base/encode.h"
#include "base/log.h"
#include "base/utf8.h"
#include "store/user_store.h"

enum { COOKIE_LENGTH = 43, TOUCH_SECONDS = 60, BUSY_SECONDS = 2, LONGEST_PAUSE = 600, COUNT_SECONDS = 86400, NETWORK_PAUSE = 600 };

static const struct bucket pair_bucket = {"sign-in", COUNT_SECONDS};
static const struct bucket network_bucket = {"sign-in-network", 3600};

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
                            .authenticated_at = row.authenticated_at, .last_seen_at = row.last_seen_at, .user = row.user};
    touch(portal, visit, out);
    return OK;
}

Error session_sign_out(struct portal *portal, const struct visit *visit, Str cookie)
{
    Str hash;
    if (!cookie_hash(portal, visit->arena, cookie, &hash)) return OK;
    return db_run(portal->db, STMT_session_drop, DB_ARGS(db_blob(hash)), NULL);
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
    Str pair, network;            /* what the two buckets count */
    int64_t organization;         /* whose door it is; 0: the portal's */
    struct user user;             /* id 0: nobody with a password here */
    bool suspended;               /* a member of that organization, but not for now */
};

int64_t sign_in_pause(const struct options *options, int64_t failures)
{
    int64_t pause = options->login_pause_seconds;
    for (int64_t i = options->login_failures; i < failures && pause < LONGEST_PAUSE; i++) pause *= 5;
    return pause < LONGEST_PAUSE || options->login_pause_seconds > LONGEST_PAUSE ? pause : LONGEST_PAUSE;
}

/* Whoever has one address of IPv6 has all of its network: a fresh one for each attempt would never be paused. */
static Str counted_place(const struct visit *visit)
{
    return str_has(visit->peer, ':') ? throttle_network(visit->arena, visit->peer) : visit->peer;
}

static Str pair_of(const struct visit *visit, Str identifier)
{
    return arena_print(visit->arena, "%.*s\n%.*s", STR_ARGS(identifier), STR_ARGS(counted_place(visit)));
}

static void paused(SignIn *out, int64_t seconds)
{
    *out = (SignIn){.outcome = SIGN_IN_PAUSED, .retry_after = seconds > 0 ? seconds : 1};
}

/* The attempt is counted, and the pause that its failure would bring is set, before the password is looked at: however many
   come at the same moment, only so many are ever evaluated. */
static Error admit_inside(const struct attempt *attempt, bool *admitted, SignIn *out)
{
    const struct options *options = attempt->portal->options;
    int64_t now = attempt->visit->now, count = 0, until = 0;
    Error error = throttle_look(attempt->portal, attempt->visit, &network_bucket, attempt->network, &count, &until);
    if (!error && until <= now) error = throttle_look(attempt->portal, attempt->visit, &pair_bucket, attempt->pair, &count, &until);
    if (error) return error;
    if (until > now) {
        paused(out, until - now);
        return OK;
    }
    error = throttle_count(attempt->portal, attempt->visit, &pair_bucket, attempt->pair, &count, &until);
    if (!error && count >= options->login_failures)
        error = throttle_pause(attempt->portal, attempt->visit, &pair_bucket, attempt->pair, now + sign_in_pause(options, count));
    *admitted = !error;
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
    Error error = attempt->organization ? look_admits(attempt->portal, attempt->organization, user->id, &attempt->suspended) : OK;
    if (!error) attempt->user = *user;
    return error == ERR_NOT_FOUND ? OK : error;
}

static Error candidate(struct attempt *attempt, Str key, Str connection)
{
    int64_t accounts[8], wanted = 0;
    size_t count = 0;
    if (connection.n) {
        const struct connection *named = directory_connection_named(&attempt->portal->directory, connection);
        if (!named) return OK;
        wanted = named->id;
    }
    if (!key.n) return OK;
    Error error = users_by_identifier(attempt->portal->db, attempt->visit->arena, key, wanted, accounts, 8, &count);
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
    return audit_add(attempt->portal->db, &entry);
}

/* Known and unknown identifiers write the same: one count for the network, one audit row. */
static Error fail_inside(const struct attempt *attempt)
{
    const struct portal *portal = attempt->portal;
    int64_t count = 0, until = 0;
    Error error = throttle_count(attempt->portal, attempt->visit, &network_bucket, attempt->network, &count, &until);
    if (!error && count >= portal->options->login_failures_per_network)
        error = throttle_pause(attempt->portal, attempt->visit, &network_bucket, attempt->network,
                               attempt->visit->now + NETWORK_PAUSE);
    return error ? error : audit(attempt, "refused", "password");
}

static Error begin_session(const struct attempt *attempt, Str old_cookie, Str rehash, SignIn *out)
{
    struct portal *portal = attempt->portal;
    const struct visit *visit = attempt->visit;
    const struct user *user = &attempt->user;
    Str cookie = base64url_encode(visit->arena, crypto_random(visit->arena, SECRET_BYTES));
    Str public_id = hex_encode(visit->arena, crypto_random(visit->arena, 12));
    int64_t begun = 0;
    /* Only if the account still is what the password was checked against: not blocked, no other password, no newer epoch. */
    Error error = db_run(portal->db, STMT_session_add,
                         DB_ARGS(db_blob(keys_mac(visit->arena, portal->keys, KEY_SESSION, cookie)), db_text(public_id),
                                 db_int(user->id), db_int(user->epoch), db_text(user->password_hash), db_int(visit->now),
                                 db_int(visit->now + portal->options->session_seconds), db_text(visit->peer),
                                 db_text(visit->user_agent)), &begun);
    if (error) return error;
    if (begun != 1) return ERR_CONFLICT;
    if (rehash.n) error = db_run(portal->db, STMT_account_rehash, DB_ARGS(db_int(user->id), db_text(user->password_hash), db_text(rehash)), NULL);
    if (!error) error = session_sign_out(portal, visit, old_cookie);
    if (!error) error = db_run(portal->db, STMT_session_trim, DB_ARGS(db_int(user->id), db_int(portal->options->sessions_per_person)), NULL);
    if (!error) error = db_run(portal->db, STMT_account_login, DB_ARGS(db_int(user->id), db_int(visit->now)), NULL);
    if (!error) error = throttle_forget(portal, visit, &pair_bucket, attempt->pair);
    if (!error) error = audit(attempt, "allowed", NULL);
    out->cookie = cookie;
    return error;
}

static Error settle(const struct attempt *attempt, Error verdict, Str old_cookie, Str rehash, SignIn *out)
{
    struct portal *portal = attempt->portal;
    Error error = db_begin(portal->db);
    if (error) return error;
    out->outcome = SIGN_IN_REFUSED;
    if (verdict == ERR_BUSY) {
        *out = (SignIn){.outcome = SIGN_IN_BUSY, .retry_after = BUSY_SECONDS};
        error = throttle_uncount(portal, attempt->visit, &pair_bucket, attempt->pair);
    } else if (verdict == ERR_DENIED) {
        error = fail_inside(attempt);
    } else if (attempt->user.blocked) {
        out->outcome = SIGN_IN_BLOCKED;
        error = throttle_forget(portal, attempt->visit, &pair_bucket, attempt->pair);
        if (!error) error = audit(attempt, "refused", "blocked");
    } else if (attempt->suspended) {
        out->outcome = SIGN_IN_SUSPENDED;
        error = throttle_forget(portal, attempt->visit, &pair_bucket, attempt->pair);
        if (!error) error = audit(attempt, "refused", "suspended");
    } else {
        error = begin_session(attempt, old_cookie, rehash, out);
        if (!error) out->outcome = SIGN_IN_OK;
    }
    if (!error) return db_commit(portal->db);
    db_rollback(portal->db);
    if (error != ERR_CONFLICT) return error;
    /* The account changed while its password was checked: blocked, another password, or the same one hashed anew by a sign-in
       beside this one. The next attempt is told what holds now. */
    *out = (SignIn){.outcome = SIGN_IN_BUSY, .retry_after = BUSY_SECONDS};
    return OK;
}

Error session_sign_in_at(struct portal *portal, const struct visit *visit, int64_t organization, Str identifier, Str password,
                         Str connection, Str old_cookie, SignIn *out)
{
    *out = (SignIn){.outcome = SIGN_IN_BUSY, .retry_after = BUSY_SECONDS};
    if (!hashing_has_room(&portal->hashing)) return OK;
    *out = (SignIn){0};
    struct attempt attempt = {.portal = portal, .visit = visit, .organization = organization,
                              .network = throttle_network(visit->arena, visit->peer)};
    Str key = identifier_key(visit->arena, identifier);
    Str counted = key.n ? key : utf8_ascii_lower(visit->arena, str_first(identifier, 300));
    attempt.pair = pair_of(visit, counted);
    bool admitted;
    Error error = portal_refresh(portal);
    if (!error) error = admit(&attempt, &admitted, out);
    if (error || !admitted) return error;
    error = candidate(&attempt, key, connection);
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

Error session_forgive(struct portal *portal, const struct visit *visit, const struct user *user)
{
    static const char *const names[] = {"email", "username", "phone_number"};
    Error error = OK;
    for (size_t i = 0; !error && i < sizeof names / sizeof *names; i++) {
        const json_t *value = json_object_get(user->profile, names[i]);
        Str key = identifier_key(visit->arena, str_of(json_string_value(value)));
        if (key.n) error = throttle_forget(portal, visit, &pair_bucket, pair_of(visit, key));
    }
    return error;
}
