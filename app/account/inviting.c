#include "account/inviting.h"

#include "account/look.h"
#include "account/state.h"
#include "base/encode.h"
#include "base/json_memory.h"
#include "base/log.h"
#include "store/stored_json.h"

enum { LINK_LENGTH = 43 };

/* --- the secret --- */

/* No line feed can come out of a secret, so what is hashed here is never what an artefact's hash is made from. */
static Str hash_of(struct portal *portal, struct arena *arena, Str secret)
{
    return keys_mac(arena, portal->keys, KEY_ARTEFACT, arena_print(arena, "invitation\n%.*s", STR_ARGS(secret)));
}

Str inviting_draw(struct portal *portal, struct arena *arena, Str *hash)
{
    Str secret = base64url_encode(arena, crypto_random(arena, SECRET_BYTES));
    *hash = hash_of(portal, arena, secret);
    return secret;
}

/* --- rows --- */

enum invitation_column {          /* INVITATION_COLUMNS */
    INVITATION_ID, INVITATION_PUBLIC_ID, INVITATION_ORGANIZATION, INVITATION_EMAIL, INVITATION_KEY, INVITATION_ROLES,
    INVITATION_LANGUAGE, INVITATION_PREFILLED, INVITATION_INVITER, INVITATION_INVITER_NAME, INVITATION_STATE,
    INVITATION_MADE_ACCOUNT, INVITATION_CREATED_AT, INVITATION_SENT_AT, INVITATION_EXPIRES_AT, INVITATION_DECIDED_AT
};

static Str copy(const struct visit *visit, const struct rows *rows, int column)
{
    return arena_copy(visit->arena, row_text(rows, column));
}

static Error read_roles(const struct visit *visit, Str text, Str public_id, const json_t **out)
{
    struct arena *before = json_memory_use(visit->arena);
    *out = json_loadb(text.p ? text.p : "", text.n, 0, NULL);
    json_memory_use(before);
    if (json_is_array(*out)) return OK;
    log_line(LOG_ERROR, "roles of invitation %.*s are no JSON array", STR_ARGS(public_id));
    return ERR_FAULT;
}

Error inviting_read(const struct visit *visit, const struct rows *rows, struct inviting *out)
{
    struct invitation *invitation = &out->invitation;
    json_t *prefilled = NULL;
    *invitation = (struct invitation){
        .id = row_int(rows, INVITATION_ID), .organization = row_int(rows, INVITATION_ORGANIZATION),
        .public_id = copy(visit, rows, INVITATION_PUBLIC_ID), .email = copy(visit, rows, INVITATION_EMAIL),
        .language = copy(visit, rows, INVITATION_LANGUAGE), .inviter_name = copy(visit, rows, INVITATION_INVITER_NAME),
        .state = copy(visit, rows, INVITATION_STATE), .made_account = row_int(rows, INVITATION_MADE_ACCOUNT),
        .created_at = row_int(rows, INVITATION_CREATED_AT), .sent_at = row_int(rows, INVITATION_SENT_AT),
        .expires_at = row_int(rows, INVITATION_EXPIRES_AT), .decided_at = row_int(rows, INVITATION_DECIDED_AT),
    };
    out->email_key = copy(visit, rows, INVITATION_KEY);
    out->inviter = copy(visit, rows, INVITATION_INVITER);
    if (str_is(invitation->state, "pending") && invitation->expires_at <= visit->now) invitation->state = STR("expired");
    Error error = read_roles(visit, row_text(rows, INVITATION_ROLES), invitation->public_id, &invitation->roles);
    if (!error) error = stored_object(visit->arena, row_text(rows, INVITATION_PREFILLED), "first values of invitation",
                                      invitation->public_id, &prefilled);
    invitation->prefilled = prefilled;
    return error;
}

static Error read_one(struct portal *portal, const struct visit *visit, enum statement statement, Value first, Value second,
                      struct inviting *out)
{
    struct rows rows;
    Error error = db_select(portal->db, statement, DB_ARGS(first, second), &rows);
    if (error) return error;
    Error found = row_next(&rows) ? inviting_read(visit, &rows, out) : ERR_NOT_FOUND;
    error = rows_end(&rows);
    return error ? error : found;
}

Error inviting_get(struct portal *portal, const struct visit *visit, int64_t organization, Str public_id, struct inviting *out)
{
    return read_one(portal, visit, STMT_invitation_get, db_int(organization), db_text(public_id), out);
}

/* --- what it gives --- */

/* ERR_NOT_FOUND: gone; ERR_DENIED: blocked, or about to be deleted. Nothing but the ids is set. */
static Error find_standing(struct portal *portal, Str user_id, struct user *out)
{
    struct rows rows;
    *out = (struct user){.user_id = user_id};
    Error error = db_select(portal->db, STMT_account_standing_of, DB_ARGS(db_text(user_id)), &rows), standing = ERR_NOT_FOUND;
    if (error) return error;
    if (row_next(&rows)) {
        out->id = row_int(&rows, 0);
        standing = row_int(&rows, 1) || row_int(&rows, 2) ? ERR_DENIED : OK;
    }
    error = rows_end(&rows);
    return error ? error : standing;
}

/* What who invites may today: a right that was taken from them goes to nobody through what they sent before. */
Error inviter_may(struct portal *portal, const struct visit *visit, Str inviter, Str organization, Permissions *out)
{
    struct user user;
    struct desk desk = {0};
    *out = str_starts(inviter, STR("cli:")) ? ~(Permissions)0 : 0;
    if (*out) return OK;
    Error error = find_standing(portal, inviter, &user);
    if (!error) error = desk_enter(portal, visit->arena, &user, organization, &desk);
    if (error && error != ERR_NOT_FOUND && error != ERR_DENIED) return error;
    *out = error ? 0 : desk.may;
    return OK;
}

static Error read_joins(struct portal *portal, const struct visit *visit, struct invitation *invitation)
{
    struct rows rows;
    struct member_of *joins = ARENA_NEW(visit->arena, struct member_of);
    *joins = (struct member_of){.home = true, .invited = true};
    Error error = db_select(portal->db, STMT_organization_rules, DB_ARGS(db_int(invitation->organization)), &rows), bad = ERR_FAULT;
    if (error) return error;
    if (row_next(&rows)) {
        joins->organization.name = copy(visit, &rows, 0);
        joins->organization.display_name = copy(visit, &rows, 1);
        joins->organization.support_email = copy(visit, &rows, 2);
        bad = stored_rules(visit->arena, row_text(&rows, 3), "rules", joins->organization.name, &joins->organization.rules);
    }
    error = rows_end(&rows);
    invitation->joins = joins;
    return error ? error : bad;
}

/* Who may invite nobody any more has nobody join either. */
static Error keep_roles(struct portal *portal, const struct visit *visit, struct inviting *inviting)
{
    Permissions may = 0;
    Error error = inviter_may(portal, visit, inviting->inviter, inviting->invitation.joins->organization.name, &may);
    if (error) return error;
    if (!(may & permission_bit("create:invitations"))) return ERR_EXPIRED;
    struct arena *before = json_memory_use(visit->arena);
    json_t *kept = json_array();
    for (size_t i = 0; i < json_array_size(inviting->invitation.roles); i++) {
        json_t *name = json_array_get(inviting->invitation.roles, i);
        const struct role *role = directory_role(&portal->directory, inviting->invitation.organization, str_of(json_string_value(name)));
        if (role && !(role->may & ~may)) json_array_append(kept, name);
    }
    json_memory_use(before);
    inviting->invitation.roles = kept;
    return OK;
}

/* Only what was handed out, byte for byte: no padding, no other spelling of the same bytes. */
static bool is_secret(struct arena *arena, Str secret)
{
    Str bytes;
    return secret.n == LINK_LENGTH && base64url_decode(arena, secret, &bytes) && bytes.n == SECRET_BYTES;
}

Error inviting_find(struct portal *portal, const struct visit *visit, Str secret, struct inviting *out)
{
    if (!is_secret(visit->arena, secret)) return ERR_EXPIRED;
    Error error = portal_refresh(portal);
    if (!error) error = read_one(portal, visit, STMT_invitation_find, db_blob(hash_of(portal, visit->arena, secret)),
                                 db_int(visit->now), out);
    if (error) return error == ERR_NOT_FOUND ? ERR_EXPIRED : error;
    error = read_joins(portal, visit, &out->invitation);
    return error ? error : keep_roles(portal, visit, out);
}

/* --- its end --- */

Error inviting_close(struct portal *portal, const struct visit *visit, const struct inviting *inviting, const char *state)
{
    int64_t closed = 0;
    Error error = db_run(portal->db, STMT_invitation_close,
                         DB_ARGS(db_int(inviting->invitation.id), db_text(str_of(state)), db_int(visit->now)), &closed);
    return error || closed ? error : ERR_EXPIRED;
}

Error inviting_visit(struct portal *portal, const struct visit *visit, int64_t organization, struct visit *out)
{
    struct look look;
    Error error = look_of(portal, visit->arena, organization, &look);
    if (error) return error;
    *out = *visit;
    out->organization = look.name;
    if (!out->actor_id.p) out->actor_id = STR("");
    return OK;
}

Error inviting_refused(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user, const char *action,
                       Str reason)
{
    Error error = db_begin(portal->db);
    return error ? error : portal_end(portal, true, account_audit_refused(portal, visit, actor, user, action, reason));
}
