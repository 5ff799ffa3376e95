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
    const struct invitation_wish *wish;
};

/* --- who asks --- */

static bool is_operator(const struct sending *sending)
{
    return sending->wish && sending->wish->operator_name.n;
}

static enum actor sending_actor(const struct sending *sending)
{
    return is_operator(sending) ? ACTOR_OPERATOR : ACTOR_DESK;
}

static void enter_as_operator(struct sending *sending, const struct desk *desk, DeskAct *out)
{
    sending->desk = *desk;
    sending->desk.may = ~(Permissions)0;
    sending->inviter.user_id = sending->visit->actor_id;
    out->outcome = DESK_DONE;
}

/* DESK_REFUSED: the right is gone, and with it nothing more happens. */
static Error enter(struct sending *sending, const struct desk *desk, DeskAct *out)
{
    struct portal *portal = sending->portal;
    *out = (DeskAct){.outcome = DESK_REFUSED};
    Error error = portal_refresh(portal);
    if (!error && is_operator(sending)) enter_as_operator(sending, desk, out);
    if (error || is_operator(sending)) return error;
    error = user_get(portal->db, sending->visit->arena, desk->account, &sending->inviter);
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

static void look_at_roles(const struct sending *sending, const Str *roles, size_t count, DeskAct *out)
{
    for (size_t i = 0; i < count && out->outcome == DESK_DONE; i++) {
        const struct role *role = directory_role(&sending->portal->directory, sending->desk.organization, roles[i]);
        if (!role) out->outcome = DESK_NO_ROLE;
        else if (role->may & ~sending->desk.may) out->outcome = DESK_RANK;
    }
}

static void look_at_all_roles(const struct sending *sending, DeskAct *out)
{
    const struct invitation_wish *wish = sending->wish;
    look_at_roles(sending, wish->roles, wish->role_count, out);
    for (size_t i = 0; i < wish->entry_count; i++) look_at_roles(sending, wish->entries[i].roles, wish->entries[i].role_count, out);
}

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
static Error write_letter(const struct sending *sending, const struct invitation *invitation, Str secret)
{
    json_t *payload = json_object();
    put_text(payload, "person", invitation->inviter_name);
    put_text(payload, "link", arena_print(sending->visit->arena, "/invitation?token=%.*s", STR_ARGS(secret)));
    json_object_set_new(payload, "may", json_integer(permissions_of(sending->portal, invitation)));
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
    if (is_operator(sending)) return sending->wish->operator_name;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const json_t *value = json_object_get(sending->inviter.profile, fields[i]);
        if (json_string_length(value)) return (Str){json_string_value(value), json_string_length(value)};
    }
    return sending->desk.display_name.n ? sending->desk.display_name : sending->desk.name;
}

static json_t *roles_of(const struct invitation_wish *wish, const struct invited_entry *entry)
{
    const Str *own = entry->role_count ? entry->roles : wish->roles;
    size_t count = entry->role_count ? entry->role_count : wish->role_count;
    json_t *roles = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(roles, json_stringn(own[i].p, own[i].n));
    return roles;
}

static Str language_of(const struct sending *sending, const struct invited_entry *entry)
{
    Str language = entry->language.n ? entry->language : sending->wish->language;
    return language.n ? language : sending->portal->options->default_language;
}

static json_t *prefilled_of(const struct invitation_wish *wish, const struct invited_entry *entry)
{
    json_t *all = wish->prefilled ? json_deep_copy(wish->prefilled) : json_object();
    if (entry->prefilled) json_object_update(all, entry->prefilled);
    return all;
}

static Error is_member(struct portal *portal, int64_t organization, Str key, bool *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_invitation_member, DB_ARGS(db_int(organization), db_text(key)), &rows);
    if (error) return error;
    *out = row_next(&rows);
    return rows_end(&rows);
}

/* What an older one to that address made is who the newer one is for. */
static Error inherit(const struct sending *sending, Str key, Str public_id)
{
    return db_run(sending->portal->db, STMT_invitation_inherit,
                  DB_ARGS(db_int(sending->desk.organization), db_text(key), db_text(public_id)), NULL);
}

static Error add(const struct sending *sending, const struct invited_entry *entry)
{
    const struct invitation_wish *wish = sending->wish;
    const struct visit *visit = sending->visit;
    struct portal *portal = sending->portal;
    struct invitation invitation = {
        .organization = sending->desk.organization, .email = entry->address, .inviter_name = name_of(sending),
        .public_id = hex_encode(visit->arena, crypto_random(visit->arena, PUBLIC_ID_BYTES)),
        .language = language_of(sending, entry), .roles = roles_of(wish, entry),
        .expires_at = visit->now + (wish->seconds ? wish->seconds : portal->options->invitation_seconds),
    };
    Str hash, secret = inviting_draw(portal, visit->arena, &hash);
    Error error = db_run(portal->db, STMT_invitation_add,
                         DB_ARGS(db_text(invitation.public_id), db_int(invitation.organization), db_text(entry->address),
                                 db_text(entry->key), db_blob(hash), db_text(str_of(json_dumps(invitation.roles, JSON_COMPACT))),
                                 db_text(invitation.language),
                                 db_text(str_of(json_dumps(prefilled_of(wish, entry), JSON_COMPACT))),
                                 db_text(sending->inviter.user_id), db_text(invitation.inviter_name), db_int(visit->now),
                                 db_int(invitation.expires_at)), NULL);
    if (!error) error = inherit(sending, entry->key, invitation.public_id);
    if (!error) error = write_letter(sending, &invitation, secret);
    return error ? error : account_audit(portal, visit, sending_actor(sending), NULL, "invitation.send", invitation.public_id);
}

/* *public_id is empty when none is pending. */
static Error find_pending(const struct sending *sending, Str key, Str *public_id)
{
    struct rows rows;
    *public_id = STR("");
    Error error = db_select(sending->portal->db, STMT_invitation_pending,
                            DB_ARGS(db_int(sending->desk.organization), db_text(key)), &rows);
    if (error) return error;
    if (row_next(&rows)) *public_id = arena_copy(sending->visit->arena, row_text(&rows, 0));
    return rows_end(&rows);
}

static Error take_back(const struct sending *sending, Str public_id)
{
    struct inviting inviting;
    Error error = inviting_get(sending->portal, sending->visit, sending->desk.organization, public_id, &inviting);
    if (!error) error = inviting_close(sending->portal, sending->visit, &inviting, "revoked");
    return error ? error : account_audit(sending->portal, sending->visit, sending_actor(sending), NULL, "invitation.revoke", public_id);
}

/* Whether the address has an account anywhere is never looked at: the answer cannot tell what was not asked. Where there may be nobody
   yet who could press "Send again", the newer invitation counts. */
static Error invite(const struct sending *sending, const struct invited_entry *entry, enum invited *became, DeskAct *out)
{
    struct portal *portal = sending->portal;
    int64_t organization = sending->desk.organization;
    bool member = false, admitted = false;
    Str pending;
    *became = INVITED_UNREADABLE;
    if (!entry->address.p) return OK;
    Error error = is_member(portal, organization, entry->key, &member);
    *became = INVITED_MEMBER;
    if (error || member) return error;
    error = db_run(portal->db, STMT_invitation_expire,
                   DB_ARGS(db_int(organization), db_text(entry->key), db_int(sending->visit->now)), NULL);
    if (!error) error = find_pending(sending, entry->key, &pending);
    *became = INVITED_PENDING;
    if (error || (pending.n && !is_operator(sending))) return error;
    error = admit(sending, entry->key, &admitted, out);
    *became = INVITED_TOO_OFTEN;
    if (error || !admitted || out->outcome != DESK_DONE) return error;
    *became = INVITED_DONE;
    if (pending.n) error = take_back(sending, pending);
    return error ? error : add(sending, entry);
}

/* --- many --- */

static bool may_prefill(const struct portal *portal, const json_t *values)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)values, name, value) {
        const struct field *field = field_find(&portal->directory.fields, str_of(name));
        if (!field || !invited_may_prefill(field)) return false;
    }
    return true;
}

static bool is_sendable(const struct portal *portal, const struct invitation_wish *wish)
{
    bool fine = wish->entry_count && wish->entry_count <= INVITED_AT_ONCE && may_prefill(portal, wish->prefilled);
    for (size_t i = 0; fine && i < wish->entry_count; i++) fine = may_prefill(portal, wish->entries[i].prefilled);
    return fine;
}

static Error send_inside(struct sending *sending, const struct desk *desk, DeskAct *out, struct invited_line *lines)
{
    const struct invitation_wish *wish = sending->wish;
    Error error = enter(sending, desk, out);
    if (error || out->outcome != DESK_DONE) return error;
    look_at_all_roles(sending, out);
    for (size_t i = 0; i < wish->entry_count && !error && out->outcome == DESK_DONE; i++) {
        lines[i].typed = wish->entries[i].typed;
        error = invite(sending, &wish->entries[i], &lines[i].became, out);
    }
    return error;
}

Error invitation_send(struct portal *portal, const struct visit *visit, const struct desk *desk, const struct invitation_wish *wish,
                      DeskAct *out, struct invited_line *lines, size_t *count)
{
    struct sending sending = {.portal = portal, .visit = visit, .wish = wish};
    *count = 0;
    *out = (DeskAct){0};
    if (!is_sendable(portal, wish)) return ERR_INVALID;
    Error error = db_begin(portal->db);
    if (error) return error;
    struct arena *before = json_memory_use(visit->arena);
    error = finish(&sending, "invitation.send", send_inside(&sending, desk, out, lines), out);
    json_memory_use(before);
    if (!error && out->outcome == DESK_DONE) *count = wish->entry_count;
    return error;
}

/* --- one that was sent --- */

static Error resend(const struct sending *sending, struct inviting *inviting, DeskAct *out)
{
    struct portal *portal = sending->portal;
    struct invitation *invitation = &inviting->invitation;
    bool admitted = false, member = false;
    int64_t renewed = 0;
    if (permissions_of(portal, invitation) & ~sending->desk.may) out->outcome = DESK_RANK;
    if (out->outcome != DESK_DONE) return OK;
    Error error = is_member(portal, invitation->organization, inviting->email_key, &member);
    if (member) out->outcome = DESK_NOTHING;
    if (error || member) return error;
    error = admit(sending, inviting->email_key, &admitted, out);
    if (!error && !admitted) *out = (DeskAct){.outcome = DESK_WAIT, .seconds = A_DAY};
    if (error || out->outcome != DESK_DONE) return error;
    invitation->expires_at = sending->visit->now + (invitation->expires_at - invitation->sent_at);
    invitation->inviter_name = name_of(sending);
    Str hash, secret = inviting_draw(portal, sending->visit->arena, &hash);
    error = db_run(portal->db, STMT_invitation_renew,
                   DB_ARGS(db_int(invitation->id), db_blob(hash), db_int(sending->visit->now), db_int(invitation->expires_at),
                           db_text(sending->inviter.user_id), db_text(invitation->inviter_name)), &renewed);
    bool nothing = error == ERR_CONFLICT || (!error && !renewed);
    if (nothing) out->outcome = DESK_NOTHING;
    if (nothing || error) return nothing ? OK : error;
    if (!invitation->made_account) error = inherit(sending, inviting->email_key, invitation->public_id);
    if (!error) error = write_letter(sending, invitation, secret);
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
    if (error) return error;
    if (permissions_of(sending->portal, &inviting.invitation) & ~sending->desk.may) out->outcome = DESK_RANK;
    return out->outcome == DESK_DONE ? act(sending, &inviting, out) : OK;
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
