/* What a person hears of an act of a help desk, wherever they are: who is blocked reads no page here. */
#include "account/desk_acting.h"
#include "account/email.h"

enum { NOTICE_SECONDS = 3 * 86400 };

static Str language_of(const struct desk_acting *acting)
{
    Str locale = str_of(json_string_value(json_object_get(acting->member.user.profile, "locale")));
    return locale.n ? str_cut(&locale, '-') : acting->portal->options->default_language;
}

static json_t *payload_of(const struct visit *visit, Str link)
{
    json_t *payload = json_object();
    json_object_set_new(payload, "at", json_integer(visit->now));
    json_object_set_new(payload, "reason", json_stringn(visit->reason.p ? visit->reason.p : "", visit->reason.n));
    if (link.n) json_object_set_new(payload, "link", json_stringn(link.p, link.n));
    return payload;
}

/* An address that cannot be written to keeps no desk from its work. */
Error desk_letter_send(struct desk_acting *acting, enum letter letter, Str link)
{
    const struct visit *visit = &acting->visit;
    Str address = proving_value(acting->portal, visit->arena, "email", &acting->member.user);
    if (!address.n) return OK;
    Error error = outbox_add(acting->portal, visit, &(struct outbox_wish){
        .letter = letter, .user = &acting->member.user, .organization = acting->desk.organization, .recipient = address,
        .language = language_of(acting), .expires_at = visit->now + NOTICE_SECONDS, .payload = payload_of(visit, link)});
    return error == ERR_INVALID ? OK : error;
}

Error desk_letter_address(struct desk_acting *acting, const Commit *commit)
{
    struct visit unplaced = acting->visit;
    const struct user *before = &acting->member.user;
    unplaced.peer = STR("");      /* the member is not told from where the desk works */
    if (commit->outcome != COMMIT_DONE) return OK;
    Str old = proving_value(acting->portal, unplaced.arena, "email", before);
    Str now = proving_value(acting->portal, unplaced.arena, "email", &commit->user);
    if (str_eq(old, now)) return OK;
    Error error = email_tell_old_mailbox(acting->portal, &unplaced, &(struct email_notice){
        .letter = LETTER_email_replaced, .before = before, .now = now, .organization = acting->desk.organization,
        .language = language_of(acting)});
    return error == ERR_INVALID ? OK : error;
}
