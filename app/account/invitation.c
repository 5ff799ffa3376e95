#include "account/invitation.h"

#include "account/invited.h"
#include "account/inviting.h"
#include "account/outbox.h"
#include "account/state.h"
#include "account/throttle.h"
#include "base/encode.h"
#include "base/json_memory.h"
#include "store/user_store.h"

enum { A_DAY = 86400, PUBLIC_ID_BYTES = 12 };

static const struct bucket organization_bucket = {"invitations-organization", A_DAY};
static const struct bucket address_bucket = {"invitations-address", A_DAY};

struct sending {
    struct portal *portal;
    const struct visit *visit;
    struct desk desk;             /* as things stand in this transaction */
    struct user inviter;
    Permissions gives;
    const struct invitation_wish *wish;
};

/* --- who asks --- */

/* DESK_REFUSED: the right is gone, and with it nothing more happens. */
static Error enter(struct sending *sending, const struct desk *desk, DeskAct *out)
{
    struct portal *portal = sending->portal;
    *out = (DeskAct){.outcome = DESK_REFUSED};
    Error error = portal_refresh(portal);
    if (!error) error = user_get(portal->db, sending->visit->arena, desk->account, &sending->inviter);
    if (!error && !sending->inviter.blocked && !sending->inviter.deletion_at)
        error = desk_enter(portal, sending->visit->arena, &sending->inviter, desk->name, &sending->desk);
    if (error == ERR_NOT_FOUND || error == ERR_DENIED) return OK;
    if (!error && sending->desk.organization == desk->organization && desk_may(&sending->desk, "create:invitations"))
        out->outcome = DESK_DONE;
    return error;
}

static Error note_refusal(const struct sending *sending, const char *action, enum desk_outcome outcome)
{
    Str reason = outcome == DESK_RANK ? STR("rank") : STR("permission");
    if (outcome != DESK_REFUSED && outcome != DESK_RANK) return OK;
    return inviting_refused(sending->portal, sending->visit, ACTOR_DESK, NULL, action, reason);
}

/* What was refused is written down, and nothing else of it stays. */
static Error finish(const struct sending *sending, const char *action, Error error, const DeskAct *act)
{
    struct portal *portal = sending->portal;
    if (!error && act->outcome == DESK_DONE) return db_commit(portal->db);
    db_rollback(portal->db);
    if (!error) error = note_refusal(sending, action, act->outcome);
    return error;
}

static void look_at_roles(struct sending *sending, DeskAct *out)
{
    const struct invitation_wish *wish = sending->wish;
    for (size_t i = 0; i < wish->role_count && out->outcome == DESK_DONE; i++) {
        const struct role *role = directory_role(&sending->portal->directory, sending->desk.organization, wish->roles[i]);
        if (!role) out->outcome = DESK_IMPOSSIBLE;
        else if (role->may & ~sending->desk.may) out->outcome = DESK_RANK;
        else sending->gives |= role->may;
    }
}

/* --- how often --- */

/* False: that is one too many today. The count of a send that is taken back goes with it. */
static Error admit(const struct sending *sending, Str key, bool *admitted, DeskAct *out)
{
    const struct options *options = sending->portal->options;
    Str organization = arena_print(sending->visit->arena, "%lld", (long long)sending->desk.organization);
    Str own = arena_print(sending->visit->arena, "%lld\n%.*s", (long long)sending->desk.organization, STR_ARGS(key));
    int64_t count = 0, until = 0;
    Error error = throttle_count(sending->portal, sending->visit, &address_bucket, own, &count, &until);
    *admitted = count <= options->invitations_per_address_per_day;
    if (error || !*admitted) return error;
    error = throttle_count(sending->portal, sending->visit, &organization_bucket, organization, &count, &until);
    if (count > options->invitations_per_day) *out = (DeskAct){.outcome = DESK_WAIT, .seconds = A_DAY};
    return error;
}

/* --- the letter --- */

static void put_text(json_t *object, const char *key, Str text)
{
    json_object_set_new(object, key, json_stringn(text.p ? text.p : "", text.n));
}

/* The only place besides the invited mailbox where the secret stands, sealed. */
static Error write_letter(const struct sending *sending, const struct invitation *invitation, Permissions gives, Str secret)
{
    json_t *payload = json_object();
    put_text(payload, "person", invitation->inviter_name);
    put_text(payload, "link", arena_print(sending->visit->arena, "/invitation?token=%.*s", STR_ARGS(secret)));
    json_object_set_new(payload, "may", json_integer(gives));
    json_object_set_new(payload, "at", json_integer(sending->visit->now));
    return outbox_add(sending->portal, sending->visit,
                      &(struct outbox_wish){.letter = LETTER_invitation, .organization = invitation->organization,
                                            .recipient = invitation->email, .language = invitation->language,
                                            .expires_at = invitation->expires_at, .payload = payload});
}

/* --- one person --- */

static Str name_of(const struct sending *sending)
{
    static const char *const fields[] = {"name", "given_name", "nickname"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const json_t *value = json_object_get(sending->inviter.profile, fields[i]);
        if (json_string_length(value)) return (Str){json_string_value(value), json_string_length(value)};
    }
    return sending->desk.display_name.n ? sending->desk.display_name : sending->desk.name;
}

static json_t *roles_of(const struct invitation_wish *wish)
{
    json_t *roles = json_array();
    for (size_t i = 0; i < wish->role_count; i++) json_array_append_new(roles, json_stringn(wish->roles[i].p, wish->roles[i].n));
    return roles;
}

static json_t *prefilled_of(const struct invitation_wish *wish, const struct invited_entry *entry)
{
    json_t *all = wish->prefilled ? json_deep_copy(wish->prefilled) : json_object();
    if (entry->prefilled) json_object_update(all, entry->prefilled);
    return all;
}

static Error has_row(struct portal *portal, enum statement statement, int64_t organization, Str key, bool *out)
{
    struct rows rows;
    Error error = db_select(portal->db, statement, DB_ARGS(db_int(organization), db_text(key)), &rows);
    if (error) return error;
    *out = row_next(&rows);
    return rows_end(&rows);
}

static Error add(const struct sending *sending, const struct invited_entry *entry)
{
    const struct invitation_wish *wish = sending->wish;
    const struct visit *visit = sending->visit;
    struct portal *portal = sending->portal;
    struct invitation invitation = {
        .organization = sending->desk.organization, .email = entry->address, .inviter_name = name_of(sending),
        .public_id = hex_encode(visit->arena, crypto_random(visit->arena, PUBLIC_ID_BYTES)),
        .language = wish->language.n ? wish->language : portal->options->default_language,
        .expires_at = visit->now + (wish->seconds ? wish->seconds : portal->options->invitation_seconds),
    };
    Str hash, secret = inviting_draw(portal, visit->arena, &hash);
    Error error = db_run(portal->db, STMT_invitation_add,
                         DB_ARGS(db_text(invitation.public_id), db_int(invitation.organization), db_text(entry->address),
                                 db_text(entry->key), db_blob(hash), db_text(str_of(json_dumps(roles_of(wish), JSON_COMPACT))),
                                 db_text(invitation.language),
                                 db_text(str_of(json_dumps(prefilled_of(wish, entry), JSON_COMPACT))),
                                 db_text(sending->inviter.user_id), db_text(invitation.inviter_name), db_int(visit->now),
                                 db_int(invitation.expires_at)), NULL);
    if (!error) error = write_letter(sending, &invitation, sending->gives, secret);
    return error ? error : account_audit(portal, visit, ACTOR_DESK, NULL, "invitation.send", invitation.public_id);
}

/* Whether the address has an account anywhere is never looked at: the answer cannot tell what was not asked. */
static Error invite(const struct sending *sending, const struct invited_entry *entry, enum invited *became, DeskAct *out)
{
    struct portal *portal = sending->portal;
    int64_t organization = sending->desk.organization;
    bool member = false, pending = false, admitted = false;
    *became = INVITED_UNREADABLE;
    if (!entry->address.p) return OK;
    Error error = has_row(portal, STMT_invitation_member, organization, entry->key, &member);
    *became = INVITED_MEMBER;
    if (error || member) return error;
    error = db_run(portal->db, STMT_invitation_expire,
                   DB_ARGS(db_int(organization), db_text(entry->key), db_int(sending->visit->now)), NULL);
    if (!error) error = has_row(portal, STMT_invitation_pending, organization, entry->key, &pending);
    *became = INVITED_PENDING;
    if (error || pending) return error;
    error = admit(sending, entry->key, &admitted, out);
    *became = INVITED_TOO_OFTEN;
    if (error || !admitted || out->outcome != DESK_DONE) return error;
    *became = INVITED_DONE;
    return add(sending, entry);
}

/* --- many --- */

static bool may_prefill(const struct portal *portal, const struct invitation_wish *wish)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)wish->prefilled, name, value) {
        const struct field *field = field_find(&portal->directory.fields, str_of(name));
        if (!field || !invited_may_prefill(field)) return false;
    }
    return true;
}

static Error send_inside(struct sending *sending, const struct desk *desk, const struct invited_entry *entries, size_t count, DeskAct *out,
                         struct invited_line *lines)
{
    Error error = enter(sending, desk, out);
    if (error || out->outcome != DESK_DONE) return error;
    look_at_roles(sending, out);
    for (size_t i = 0; i < count && !error && out->outcome == DESK_DONE; i++) {
        lines[i].typed = entries[i].typed;
        error = invite(sending, &entries[i], &lines[i].became, out);
    }
    return error;
}

Error invitation_send(struct portal *portal, const struct visit *visit, const struct desk *desk, const struct invitation_wish *wish,
                      DeskAct *out, struct invited_line *lines, size_t *count)
{
    struct sending sending = {.portal = portal, .visit = visit, .wish = wish};
    struct invited_entry *entries = ARENA_ARRAY(visit->arena, struct invited_entry, INVITED_AT_ONCE);
    size_t found = 0;
    *count = 0;
    *out = (DeskAct){0};
    bool whole = invited_parse(visit->arena, &portal->directory.fields, wish->emails, entries, &found);
    if (!whole || !found || !may_prefill(portal, wish)) return ERR_INVALID;
    Error error = db_begin(portal->db);
    if (error) return error;
    struct arena *before = json_memory_use(visit->arena);
    error = finish(&sending, "invitation.send", send_inside(&sending, desk, entries, found, out, lines), out);
    json_memory_use(before);
    if (!error && out->outcome == DESK_DONE) *count = found;
    return error;
}

/* --- one that was sent --- */

static Permissions permissions_of(const struct portal *portal, const struct invitation *invitation)
{
    Permissions may = 0;
    for (size_t i = 0; i < json_array_size(invitation->roles); i++) {
        Str name = str_of(json_string_value(json_array_get(invitation->roles, i)));
        const struct role *role = directory_role(&portal->directory, invitation->organization, name);
        may |= role ? role->may : 0;
    }
    return may;
}

static Error resend(const struct sending *sending, struct inviting *inviting, DeskAct *out)
{
    struct portal *portal = sending->portal;
    struct invitation *invitation = &inviting->invitation;
    bool admitted = false;
    int64_t renewed = 0;
    Error error = admit(sending, inviting->email_key, &admitted, out);
    if (!error && !admitted) *out = (DeskAct){.outcome = DESK_WAIT, .seconds = A_DAY};
    if (error || out->outcome != DESK_DONE) return error;
    invitation->expires_at = sending->visit->now + (invitation->expires_at - invitation->sent_at);
    Str hash, secret = inviting_draw(portal, sending->visit->arena, &hash);
    error = db_run(portal->db, STMT_invitation_renew,
                   DB_ARGS(db_int(invitation->id), db_blob(hash), db_int(sending->visit->now), db_int(invitation->expires_at)), &renewed);
    bool nothing = error == ERR_CONFLICT || (!error && !renewed);
    if (nothing) out->outcome = DESK_NOTHING;
    if (nothing || error) return nothing ? OK : error;
    error = write_letter(sending, invitation, permissions_of(portal, invitation), secret);
    return error ? error : account_audit(portal, sending->visit, ACTOR_DESK, NULL, "invitation.resend", invitation->public_id);
}

static Error revoke(const struct sending *sending, struct inviting *inviting, DeskAct *out)
{
    Error error = inviting_close(sending->portal, sending->visit, inviting, "revoked");
    if (error == ERR_EXPIRED) {
        out->outcome = DESK_NOTHING;
        return OK;
    }
    if (error) return error;
    return account_audit(sending->portal, sending->visit, ACTOR_DESK, NULL, "invitation.revoke", inviting->invitation.public_id);
}

static Error act_inside(struct sending *sending, const struct desk *desk, Str public_id,
                        Error (*act)(const struct sending *, struct inviting *, DeskAct *), DeskAct *out)
{
    struct inviting inviting;
    Error error = enter(sending, desk, out);
    if (error || out->outcome != DESK_DONE) return error;
    error = inviting_get(sending->portal, sending->visit, sending->desk.organization, public_id, &inviting);
    return error ? error : act(sending, &inviting, out);
}

static Error act_on(struct portal *portal, const struct visit *visit, const struct desk *desk, Str public_id, const char *action,
                    Error (*act)(const struct sending *, struct inviting *, DeskAct *), DeskAct *out)
{
    struct sending sending = {.portal = portal, .visit = visit};
    *out = (DeskAct){0};
    Error error = db_begin(portal->db);
    if (error) return error;
    struct arena *before = json_memory_use(visit->arena);
    error = finish(&sending, action, act_inside(&sending, desk, public_id, act, out), out);
    json_memory_use(before);
    return error;
}

Error invitation_resend(struct portal *portal, const struct visit *visit, const struct desk *desk, Str public_id, DeskAct *out)
{
    return act_on(portal, visit, desk, public_id, "invitation.resend", resend, out);
}

Error invitation_revoke(struct portal *portal, const struct visit *visit, const struct desk *desk, Str public_id, DeskAct *out)
{
    return act_on(portal, visit, desk, public_id, "invitation.revoke", revoke, out);
}
