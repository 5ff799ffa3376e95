/* What a person hears of an act of a help desk, wherever they are: who is blocked reads no page here. */
#include "account/desk_acting.h"
#include "account/email.h"

enum { NOTICE_SECONDS = 3 * 86400 };

static Str language_of(const struct desk_acting *acting)
{
    Str locale = str_of(json_string_value(json_object_get(acting->member.user.profile, "locale")));
    return locale.n ? str_cut(&locale, '-') : acting->portal->options->default_language;
}

static void put(json_t *payload, const char *name, Str text)
{
    if (text.n) json_object_set_new(payload, name, json_stringn(text.p, text.n));
}

/* An address that cannot be written to keeps no desk from its work. */
static Error send(struct desk_acting *acting, enum letter letter, Str address, Str reason, Str link)
{
    const struct visit *visit = &acting->visit;
    json_t *payload = json_object();
    json_object_set_new(payload, "at", json_integer(visit->now));
    put(payload, "reason", reason);
    put(payload, "link", link);
    Error error = outbox_add(acting->portal, visit, &(struct outbox_wish){
        .letter = letter, .user = &acting->member.user, .organization = acting->desk.organization, .recipient = address,
        .language = language_of(acting), .expires_at = visit->now + NOTICE_SECONDS, .payload = payload});
    return error == ERR_INVALID ? OK : error;
}

/* An address that was never confirmed may be a stranger's, mistyped: what the desk wrote is not for them. */
Error desk_letter_send(struct desk_acting *acting, enum letter letter, Str link)
{
    const struct user *user = &acting->member.user;
    Str address = proving_value(acting->portal, acting->visit.arena, "email", user);
    if (!address.n) return OK;
    return send(acting, letter, address, proving_is_verified(&email_proof, user) ? acting->visit.reason : STR_NONE, link);
}

/* Without a way back and without the new address: a desk may be taking the account out of the hands of whoever has that mailbox. */
Error desk_letter_address(struct desk_acting *acting, const Commit *commit)
{
    struct arena *arena = acting->visit.arena;
    const struct user *before = &acting->member.user;
    if (commit->outcome != COMMIT_DONE || !proving_is_verified(&email_proof, before)) return OK;
    Str old = proving_value(acting->portal, arena, "email", before), now = proving_value(acting->portal, arena, "email", &commit->user);
    return !old.n || str_eq(old, now) ? OK : send(acting, LETTER_email_replaced, old, STR_NONE, STR_NONE);
}
