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
static Error send(struct desk_acting *acting, enum letter letter, const struct user *user, Str address, json_t *payload)
{
    const struct visit *visit = &acting->visit;
    json_object_set_new(payload, "at", json_integer(visit->now));
    Error error = outbox_add(acting->portal, visit, &(struct outbox_wish){
        .letter = letter, .user = user, .organization = acting->desk.organization, .recipient = address,
        .language = language_of(acting), .expires_at = visit->now + NOTICE_SECONDS, .payload = payload});
    return error == ERR_INVALID ? OK : error;
}

static Str address_of(const struct desk_acting *acting, const struct user *user)
{
    return proving_value(acting->portal, acting->visit.arena, "email", user);
}

/* An address that was never confirmed may be a stranger's, mistyped: what the desk wrote is not for them. */
static Error send_to_member(struct desk_acting *acting, enum letter letter, json_t *payload)
{
    const struct user *user = &acting->member.user;
    Str address = address_of(acting, user);
    if (!address.n) return OK;
    if (proving_is_verified(&email_proof, user)) put(payload, "reason", acting->visit.reason);
    return send(acting, letter, user, address, payload);
}

Error desk_letter_send(struct desk_acting *acting, enum letter letter, Str link)
{
    json_t *payload = json_object();
    put(payload, "link", link);
    return send_to_member(acting, letter, payload);
}

Error desk_letter_decided(struct desk_acting *acting, enum letter letter, Str field)
{
    json_t *payload = json_object();
    put(payload, "link", STR("/profile/requests"));
    put(payload, "field", field);
    return send_to_member(acting, letter, payload);
}

static Str names_under(struct arena *arena, const json_t *differences, const char *key)
{
    struct text names = {.arena = arena};
    for (size_t i = 0; i < json_array_size(differences); i++) {
        const char *name = json_string_value(json_object_get(json_array_get(differences, i), key));
        if (name) text_print(&names, "%s%s", names.n ? "," : "", name);
    }
    return text_str(&names);
}

Error desk_letter_roles(struct desk_acting *acting, const json_t *differences)
{
    json_t *payload = json_object();
    put(payload, "gives", names_under(acting->visit.arena, differences, "gives"));
    put(payload, "takes", names_under(acting->visit.arena, differences, "takes"));
    return send_to_member(acting, LETTER_roles_changed, payload);
}

/* --- another address --- */

/* The address that counts since the save; STR_NONE: none does, or it is the same as before. */
static Str moved_to(const struct desk_acting *acting, const Commit *commit)
{
    if (commit->outcome != COMMIT_DONE) return STR_NONE;
    Str now = address_of(acting, &commit->user);
    return now.n && !str_eq(now, address_of(acting, &acting->member.user)) ? now : STR_NONE;
}

/* Who is asked too often gets no link now: the desk has an act of its own that sends one later. */
static Error offer_proof(struct desk_acting *acting, const Commit *commit)
{
    Step step;
    if (acting->member.user.blocked || !moved_to(acting, commit).n) return OK;
    return proving_offer(acting->portal, &acting->visit, &email_proof, acting->member.user.id, &step);
}

/* Without a way back and without the new address: a desk may be taking the account out of the hands of whoever has that mailbox. */
static Error tell_mailbox_before(struct desk_acting *acting, const Commit *commit)
{
    const struct user *before = &acting->member.user;
    Str old = address_of(acting, before);
    if (commit->outcome != COMMIT_DONE || !old.n || !proving_is_verified(&email_proof, before)) return OK;
    if (str_eq(old, address_of(acting, &commit->user))) return OK;
    return send(acting, LETTER_email_replaced, before, old, json_object());
}

Error desk_letter_address(struct desk_acting *acting, const Commit *commit)
{
    Error error = tell_mailbox_before(acting, commit);
    return error ? error : offer_proof(acting, commit);
}

Error desk_letter_approved(struct desk_acting *acting, const Commit *commit, Str field)
{
    Str now = moved_to(acting, commit);
    bool tells_before = !now.n || proving_is_verified(&email_proof, &acting->member.user);
    Error error = tells_before ? desk_letter_decided(acting, LETTER_request_approved, field) : OK;
    return error || !now.n ? error : send(acting, LETTER_address_approved, &commit->user, now, json_object());
}
