#include "account/password_reset.h"

#include "account/namesake.h"
#include "account/outbox.h"
#include "account/password_policy.h"
#include "account/state.h"
#include "account/throttle.h"
#include "store/user_store.h"

enum { PER_DAY = 10, A_MINUTE = 60, AN_HOUR = 3600, A_DAY = 86400 };

static const struct bucket network_bucket = {"reset-network", AN_HOUR};
static const struct bucket account_bucket = {"reset", A_DAY};

struct asking {
    struct portal *portal;
    const struct visit *visit;
    const struct reset_wish *wish;
    Str key;
    enum letter letter;
    struct user user;             /* id 0: nobody is called so */
    bool shared;                  /* others are called so as well: the letter says which account it is about */
};

static Str text_of(const struct user *user, const char *field)
{
    return str_of(json_string_value(json_object_get(user->profile, field)));
}

/* --- how often --- */

static Error count_network(const struct asking *asking, int64_t *retry_after)
{
    int64_t count = 0, until = 0, now = asking->visit->now;
    Str network = throttle_network(asking->visit->arena, asking->visit->peer);
    Error error = throttle_count(asking->portal, asking->visit, &network_bucket, network, &count, &until);
    *retry_after = !error && until > now ? until - now : 0;
    if (error || *retry_after || count < asking->portal->options->reset_requests_per_network) return error;
    return throttle_pause(asking->portal, asking->visit, &network_bucket, network, now + AN_HOUR);
}

/* One counter holds all three limits, because each row of its own costs every request several pages of the store: a pause of a
   minute after each mail, of an hour after each hour's worth, and no more than so many a day. Counted for what nobody is called as
   well: known and unknown identifiers cost the same writes. *wait: at most so long until it may be asked for again; 0: it may, and is
   counted. */
static Error count_account(const struct asking *asking, int64_t *wait)
{
    struct portal *portal = asking->portal;
    const struct visit *visit = asking->visit;
    Str key = asking->user.id ? arena_print(visit->arena, "account %lld", (long long)asking->user.id) : asking->key;
    int64_t count, until;
    Error error = throttle_look(portal, visit, &account_bucket, key, &count, &until);
    *wait = error ? 0 : until > visit->now ? until - visit->now : count >= PER_DAY ? A_DAY : 0;
    if (error || *wait) return error;
    int64_t pause = (count + 1) % portal->options->reset_mails_per_hour == 0 ? AN_HOUR : A_MINUTE;
    return throttle_count_paused(portal, visit, &account_bucket, key, visit->now + pause);
}

/* --- the letter --- */

static Error make_link(const struct asking *asking, Str address, json_t *payload)
{
    Str secret;
    struct artefact_wish wish = {
        .purpose = PURPOSE_PASSWORD_RESET, .user = &asking->user, .organization = asking->wish->organization, .value = address,
        .seconds = asking->portal->options->reset_link_seconds,
    };
    Error error = artefact_make(asking->portal, asking->visit, &wish, &secret);
    if (error) return error;
    Str link = arena_print(asking->visit->arena, "/password/reset?token=%.*s", STR_ARGS(secret));
    json_object_set_new(payload, "link", json_stringn(link.p, link.n));
    return OK;
}

static Str language_of(const struct asking *asking)
{
    Str own = text_of(&asking->user, "locale");
    return own.n ? str_cut(&own, '-') : asking->wish->language;
}

static Error write_letter(const struct asking *asking, Str address)
{
    const struct visit *visit = asking->visit;
    bool here = password_is_kept_here(asking->portal, &asking->user);
    json_t *payload = json_object();
    const struct connection *connection = directory_connection(&asking->portal->directory, asking->user.connection);
    Str which = asking->shared && connection ? connection->source.display_name : STR("");
    json_object_set_new(payload, "at", json_integer(visit->now));
    if (which.n) json_object_set_new(payload, "value", json_stringn(which.p, which.n));
    json_object_set_new(payload, "peer", json_stringn(visit->peer.p ? visit->peer.p : "", visit->peer.n));
    Error error = here ? make_link(asking, address, payload) : OK;
    if (error) return error;
    struct outbox_wish wish = {
        .letter = here ? asking->letter : LETTER_password_elsewhere, .user = &asking->user, .recipient = address,
        .organization = asking->wish->organization, .language = language_of(asking),
        .expires_at = visit->now + asking->portal->options->reset_link_seconds, .payload = payload,
    };
    error = outbox_add(asking->portal, visit, &wish);
    return error == ERR_INVALID ? OK : error;
}

static Error answer(const struct asking *asking)
{
    Str address = text_of(&asking->user, "email");
    if (!asking->user.id || asking->user.blocked || !address.n) return OK;
    /* Also to an address that bounced: one wrong refusal must not lock the owner out, and the throttles bound the tries. */
    return write_letter(asking, address);
}

/* --- asking --- */

/* For one account, or nobody. */
static Error ask_for(struct asking *asking)
{
    int64_t wait = 0;
    Error error = count_account(asking, &wait);
    if (!error && !wait) error = answer(asking);
    if (error) return error;
    struct visit as = *asking->visit;
    const struct user *user = asking->user.id ? &asking->user : NULL;
    if (!as.actor_id.p) as.actor_id = STR("");
    if (!wait) return account_audit(asking->portal, &as, ACTOR_OWNER, user, "password.ask", STR_NONE);
    return account_audit_refused(asking->portal, &as, ACTOR_OWNER, user, "password.ask", STR("too often"));
}

/* An organization's own page sends links to its own people alone. Who shares a name with others gets a mail of their own: which of
   the accounts is meant, only its owner knows. */
static Error ask_inside(struct asking *asking, int64_t *retry_after)
{
    struct namesakes who;
    const struct called called = {.key = asking->key, .organization = asking->wish->organization};
    Error error = count_network(asking, retry_after);
    if (error || *retry_after) return error;
    error = namesakes_find(asking->portal, asking->visit, &called, &who);
    if (!error && who.count == 0) error = ask_for(asking);
    asking->shared = !error && who.count > 1;
    for (size_t i = 0; !error && i < who.count; i++) {
        asking->user = who.list[i].user;
        error = ask_for(asking);
    }
    return error;
}

Error password_reset_ask(struct portal *portal, const struct visit *visit, const struct reset_wish *wish, int64_t *retry_after)
{
    struct asking asking = {.portal = portal, .visit = visit, .wish = wish, .key = identifier_key(visit->arena, wish->identifier),
                            .letter = LETTER_password_reset};
    *retry_after = 0;
    if (!asking.key.n) return ERR_INVALID;
    Error error = db_begin(portal->db);
    if (error) return error;
    error = portal_refresh(portal);
    if (!error) error = ask_inside(&asking, retry_after);
    if (!error && !*retry_after) return db_commit(portal->db);
    db_rollback(portal->db);                      /* who has to wait was not counted either */
    return error;
}

Error password_reset_send(struct portal *portal, const struct visit *visit, const struct user *user, int64_t organization,
                          bool *possible, int64_t *seconds)
{
    struct reset_wish wish = {.organization = organization, .language = portal->options->default_language};
    struct asking asking = {.portal = portal, .visit = visit, .wish = &wish, .letter = LETTER_password_sent, .user = *user};
    *possible = password_is_kept_here(portal, user) && !user->blocked && text_of(user, "email").n;
    *seconds = 0;
    Error error = *possible ? count_account(&asking, seconds) : OK;
    return error || !*possible || *seconds ? error : answer(&asking);
}

Error password_reset_find(struct portal *portal, const struct visit *visit, Str secret, struct artefact *artefact, struct user *user)
{
    Error error = artefact_find(portal, visit, PURPOSE_PASSWORD_RESET, secret, artefact);
    if (!error) error = user_get(portal->db, visit->arena, artefact->account, user);
    if (error) return error == ERR_NOT_FOUND ? ERR_EXPIRED : error;
    return str_eq(text_of(user, "email"), artefact->value) ? OK : ERR_EXPIRED;
}
