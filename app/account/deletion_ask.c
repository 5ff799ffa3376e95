/* How a person asks for the deletion of their own account: the link to their mailbox, and what it confirms. */
#include "account/deletion.h"
#include "account/outbox.h"
#include "account/proving.h"
#include "account/state.h"
#include "account/throttle.h"
#include "store/user_store.h"

enum { AN_HOUR = 3600, MAILS_PER_HOUR = 3 };

static const struct bucket bucket = {"deletion", AN_HOUR};

static Str address_of(struct portal *portal, struct arena *arena, const struct user *user)
{
    return proving_value(portal, arena, "email", user);
}

static Error admit(struct portal *portal, const struct visit *visit, const struct user *user, Deletion *out)
{
    int64_t count = 0, until = 0;
    Str key = arena_print(visit->arena, "%lld", (long long)user->id);
    Error error = throttle_look(portal, visit, &bucket, key, &count, &until);
    if (!error && until <= visit->now) error = throttle_count(portal, visit, &bucket, key, &count, &until);
    if (error) return error;
    if (until > visit->now) *out = (Deletion){.outcome = DELETION_WAIT, .seconds = until - visit->now};
    else if (count >= MAILS_PER_HOUR) return throttle_pause(portal, visit, &bucket, key, visit->now + AN_HOUR);
    return OK;
}

static Error send_link(struct portal *portal, const struct visit *visit, const struct user *user, Str address, Str language)
{
    Str secret;
    int64_t organization = 0, seconds = portal->options->deletion_link_seconds;
    Error error = proving_home(portal, visit->arena, user, &organization);
    if (!error)
        error = artefact_make(portal, visit, &(struct artefact_wish){.purpose = PURPOSE_ACCOUNT_DELETE, .user = user, .value = address,
                                                                     .organization = organization, .seconds = seconds}, &secret);
    if (error) return error;
    json_t *payload = json_object();
    Str link = arena_print(visit->arena, "/privacy/delete/confirm?token=%.*s", STR_ARGS(secret));
    json_object_set_new(payload, "link", json_stringn(link.p, link.n));
    json_object_set_new(payload, "at", json_integer(visit->now));
    json_object_set_new(payload, "peer", json_stringn(visit->peer.p ? visit->peer.p : "", visit->peer.n));
    return outbox_add(portal, visit, &(struct outbox_wish){.letter = LETTER_deletion_ask, .user = user, .organization = organization,
                                                           .recipient = address, .language = language,
                                                           .expires_at = visit->now + seconds, .payload = payload});
}

static Error ask_inside(struct portal *portal, const struct visit *visit, int64_t account, Str language, Deletion *out)
{
    struct user user;
    Error error = user_get(portal->db, visit->arena, account, &user);
    if (!error) error = deletion_obstacle(portal, visit->arena, &user, out);
    if (error || out->outcome != DELETION_NOTHING || user.deletion_at) return error;
    Str address = address_of(portal, visit->arena, &user);
    if (!address.n) return deletion_schedule(portal, visit, ACTOR_OWNER, &user, STR_NONE, out);
    error = admit(portal, visit, &user, out);
    if (error || out->outcome == DELETION_WAIT) return error;
    error = send_link(portal, visit, &user, address, language);
    if (!error) error = account_audit(portal, visit, ACTOR_OWNER, &user, "deletion.ask", STR_NONE);
    if (!error) out->outcome = DELETION_ASKED;
    return error;
}

Error deletion_ask(struct portal *portal, const struct visit *visit, const struct user *user, Str language, Deletion *out)
{
    *out = (Deletion){0};
    Error error = db_begin(portal->db);
    return error ? error : portal_end(portal, true, ask_inside(portal, visit, user->id, language, out));
}

/* A link that went to an address which is the account's no more confirms nothing. */
Error deletion_find(struct portal *portal, const struct visit *visit, Str secret, struct artefact *artefact, struct user *user)
{
    Error error = artefact_find(portal, visit, PURPOSE_ACCOUNT_DELETE, secret, artefact);
    if (!error) error = user_get(portal->db, visit->arena, artefact->account, user);
    if (error) return error == ERR_NOT_FOUND ? ERR_EXPIRED : error;
    return str_eq(address_of(portal, visit->arena, user), artefact->value) ? OK : ERR_EXPIRED;
}

static Error confirm_inside(struct portal *portal, const struct visit *visit, Str secret, Deletion *out)
{
    struct artefact artefact;
    struct user user;
    Error error = deletion_find(portal, visit, secret, &artefact, &user);
    if (!error) error = artefact_take(portal, visit, &artefact);
    if (error) return error;
    struct visit as = *visit;
    as.actor_id = user.user_id;
    return deletion_schedule(portal, &as, ACTOR_OWNER, &user, STR_NONE, out);
}

Error deletion_confirm(struct portal *portal, const struct visit *visit, Str secret, Deletion *out)
{
    *out = (Deletion){0};
    Error error = db_begin(portal->db);
    return error ? error : portal_end(portal, true, confirm_inside(portal, visit, secret, out));
}
