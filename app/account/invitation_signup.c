#include "account/invited.h"
#include "account/inviting.h"

static bool has_email(const struct portal *portal, const struct connection *connection)
{
    const struct field *email = field_find(&portal->directory.fields, STR("email"));
    return email && signup_asks_for(portal, connection, email);
}

static bool fits(const struct portal *portal, const struct connection *connection)
{
    struct user nobody = {.connection = connection->id};
    return str_is(connection->strategy, "local") && has_email(portal, connection) && password_is_kept_here(portal, &nobody);
}

Error invitation_connection(struct portal *portal, int64_t organization, const struct connection **out)
{
    struct rows rows;
    *out = NULL;
    Error error = portal_refresh(portal);
    if (!error) error = db_select(portal->db, STMT_organization_connection_list, DB_ARGS(db_int(organization)), &rows);
    if (error) return error;
    while (row_next(&rows)) {
        const struct connection *connection = directory_connection(&portal->directory, row_int(&rows, 0));
        if (!*out && connection && fits(portal, connection)) *out = connection;
    }
    return rows_end(&rows);
}

bool invitation_asks_for(const struct portal *portal, const struct connection *connection, const struct invitation *invitation,
                         const struct field *field)
{
    struct subject subject = {.connection = &connection->source, .memberships = invitation->joins, .membership_count = invitation->joins != NULL};
    if (signup_asks_for(portal, connection, field)) return true;
    const json_t *value = json_object_getn(invitation->prefilled, field->name.p, field->name.n);
    return value && invited_may_prefill(field) &&
           policy_level(&portal->directory.fields, field, &subject, ACTOR_OWNER, false).level >= LEVEL_ONCE;
}

/* Nothing but what the form asks for, and the address as it was invited. */
static bool is_closed(const struct portal *portal, const struct signup_wish *wish, const struct invitation *invitation)
{
    bool invited = false;
    for (size_t i = 0; i < wish->change->count; i++) {
        const struct change_item *item = &wish->change->items[i];
        const struct field *field = field_find(&portal->directory.fields, item->field);
        if (!field || !invitation_asks_for(portal, wish->connection, invitation, field)) return false;
        const char *text = json_is_string(item->value) ? json_string_value(item->value) : "";
        if (str_is(item->field, "email")) invited = str_is(invitation->email, text);
    }
    return invited && wish->change->actor == ACTOR_OWNER;
}

static Error look(struct portal *portal, const struct visit *visit, Str secret, const struct signup_wish *wish, struct inviting *out)
{
    const struct connection *connection;
    Error error = inviting_find(portal, visit, secret, out);
    if (!error) error = invitation_connection(portal, out->invitation.organization, &connection);
    if (error) return error;
    return connection == wish->connection && is_closed(portal, wish, &out->invitation) ? OK : ERR_INVALID;
}

static Error put_inside(struct portal *portal, const struct visit *visit, Str secret, const struct signup_wish *wish, Str hash,
                        Signup *out)
{
    struct inviting inviting;
    int64_t account = 0;
    int64_t made = 0;
    Error error = inviting_find(portal, visit, secret, &inviting);
    if (!error && inviting.invitation.made_account) out->outcome = SIGNUP_EXISTS;
    if (error || inviting.invitation.made_account) return error;
    error = signup_put(portal, visit, wish, hash, out, &account);
    if (!error && account)
        error = db_run(portal->db, STMT_invitation_made, DB_ARGS(db_int(inviting.invitation.id), db_int(account)), &made);
    return error || !account || made ? error : ERR_FAULT;
}

Error invitation_sign_up(struct portal *portal, const struct visit *visit, Str secret, const struct signup_wish *wish, Signup *out)
{
    struct inviting inviting;
    Str hash;
    *out = (Signup){0};
    Error error = look(portal, visit, secret, wish, &inviting);
    if (!error) error = signup_check(portal, visit, wish, out);
    if (error || out->outcome == SIGNUP_REFUSED) return error;
    error = hashing_make(&portal->hashing, visit->arena, wish->password, &hash);
    if (!error) error = db_begin(portal->db);
    if (error) return error;
    error = put_inside(portal, visit, secret, wish, hash, out);
    if (!error && out->outcome == SIGNUP_DONE) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}
