#include "account/profile.h"

#include "account/audit.h"
#include "account/invitation.h"
#include "account/member_index.h"
#include "account/member_shown.h"
#include "account/picture.h"
#include "account/tombstone.h"
#include "base/encode.h"
#include "base/json_text.h"
#include "store/profile.h"
#include "store/user_store.h"

static const struct rule_source *source_of(const struct portal *portal, int64_t connection)
{
    const struct connection *found = directory_connection(&portal->directory, connection);
    return found ? &found->source : NULL;
}

static void fill_owned(struct portal *portal, struct arena *arena, const struct user *user, struct subject *subject)
{
    size_t count = json_object_size(user->sources), n = 0;
    if (!count) return;
    struct owned_field *owned = ARENA_ARRAY(arena, struct owned_field, count);
    const char *field;
    json_t *connection;
    json_object_foreach((json_t *)(uintptr_t)user->sources, field, connection) {
        const struct rule_source *source = source_of(portal, (int64_t)json_integer_value(connection));
        if (source) owned[n++] = (struct owned_field){str_of(field), source};
    }
    subject->owned = owned;
    subject->owned_count = n;
}

Error account_subject(struct portal *portal, struct arena *arena, const struct user *user, struct subject *out)
{
    struct membership *read = NULL;
    size_t count = user->membership_count;
    Error error = user->has_memberships ? OK : user_memberships(portal->db, arena, &portal->directory.fields, user->id, &read, &count);
    if (error) return error;
    const struct membership *memberships = user->has_memberships ? user->memberships : read;
    struct member_of *list = ARENA_ARRAY(arena, struct member_of, count);
    for (size_t i = 0; i < count; i++) {
        list[i] = memberships[i].rules;
        list[i].acts = directory_permissions(&portal->directory, memberships[i].roles) != 0;
    }
    *out = (struct subject){.profile = user->profile, .connection = source_of(portal, user->connection), .memberships = list,
                            .membership_count = count, .blocked = user->blocked, .deletion = user->deletion_at != 0};
    fill_owned(portal, arena, user, out);
    return out->connection ? OK : ERR_FAULT;
}

/* The audit row says which field, to what level, by which rule. It never says a value: an erased person leaves nothing there. */
static void add_field(struct text *list, Str field, Verdict verdict)
{
    text_add(list, list->n ? STR(",{\"field\":") : STR("[{\"field\":"));
    text_add_json_string(list, field);
    text_add(list, STR(",\"level\":"));
    text_add_json_string(list, str_of(level_name(verdict.level)));
    text_add(list, STR(",\"rule\":"));
    text_add_json_string(list, verdict_rule(list->arena, verdict));
    text_add(list, STR("}"));
}

static Str end_list(struct text *list)
{
    text_add(list, list->n ? STR("]") : STR("[]"));
    return text_str(list);
}

static Str decided_list(struct arena *arena, const struct decided *decided)
{
    struct text list = {.arena = arena};
    size_t count = 0;
    const struct decided_field *fields = decided_fields(decided, &count);
    for (size_t i = 0; i < count; i++) add_field(&list, fields[i].field->name, fields[i].verdict);
    return end_list(&list);
}

static bool is_told(const struct refusal *refusal)
{
    return refusal->kind != REFUSED_INVALID;
}

static bool tells(const struct refusals *refusals)
{
    for (const struct refusal *refusal = refusals->first; refusal; refusal = refusal->next)
        if (is_told(refusal)) return true;
    return false;
}

static Str refused_list(struct arena *arena, const struct refusals *refusals)
{
    struct text list = {.arena = arena};
    for (const struct refusal *refusal = refusals->first; refusal; refusal = refusal->next)
        if (is_told(refusal)) add_field(&list, refusal->field, refusal->verdict);
    return end_list(&list);
}

static Error audit(struct portal *portal, const struct visit *visit, const struct connection *connection, Str user_id,
                   enum actor actor, const char *action, const char *outcome, Str fields)
{
    struct audit_entry entry = {
        .at = visit->now, .request_id = visit->request_id, .actor = str_of(actor_name(actor)), .actor_id = visit->actor_id,
        .organization = visit->organization, .connection = connection ? connection->source.name : STR_NONE,
        .user_id = user_id, .action = str_of(action), .outcome = str_of(outcome), .reason = visit->reason, .peer = visit->peer,
        .fields = fields,
    };
    return audit_write(portal, &entry);
}

/* A mistyped value is the person's own business; a field that a rule keeps, or that nobody may see, is written down. Inside another's
   transaction, which may be taken back, only a desk's is: its act stands, refused or not. */
static Error refuse(struct portal *portal, const struct visit *visit, const struct change *change, bool own, const char *action,
                    Commit *out)
{
    if ((!own && change->actor != ACTOR_DESK) || !tells(&out->refusals)) return OK;
    const struct connection *connection = directory_connection(&portal->directory, out->user.connection);
    return audit(portal, visit, connection, out->user.user_id, change->actor, action, "refused",
                 refused_list(visit->arena, &out->refusals));
}

static void taken(struct arena *arena, const struct field *field, Commit *out)
{
    struct refusal *refusal = ARENA_NEW(arena, struct refusal);
    *refusal = (struct refusal){.field = field->name, .known = field, .kind = REFUSED_INVALID};
    out->refusals = (struct refusals){.first = refusal, .last = refusal, .count = 1};
    out->outcome = COMMIT_TAKEN;
}

static Error decide(struct portal *portal, const struct visit *visit, const struct change *change, bool own, const char *action,
                    Commit *out)
{
    Error error = policy_decide(&portal->directory.fields, &out->subject, change, &out->refusals, &out->decided);
    if (error != ERR_DENIED && error != ERR_INVALID) return error;
    out->outcome = COMMIT_REFUSED;
    return refuse(portal, visit, change, own, action, out);
}

/* No copy: it lasts as long as the change that it was decided for, and nobody writes into it. */
static json_t *profile_after(const struct decided *decided)
{
    return (json_t *)(uintptr_t)decided_profile(decided);
}

/* Whoever has seen another's picture knows its address, and would wear that face. An operator brings back what was exported. */
static Error follow_picture(struct portal *portal, const struct visit *visit, const struct field *field, Commit *out)
{
    Error error = picture_follow(portal, visit, out->user.id, decided_profile(out->decided));
    if (error != ERR_CONFLICT) return error;
    if (decided_actor(out->decided) > ACTOR_DESK) return picture_drop(portal, visit, out->user.id);
    taken(visit->arena, field, out);
    return ERR_CONFLICT;
}

static Error follow_pictures(struct portal *portal, const struct visit *visit, Commit *out)
{
    size_t count = 0;
    Error error = OK;
    const struct decided_field *fields = decided_fields(out->decided, &count);
    for (size_t i = 0; i < count && !error; i++)
        if (str_is(fields[i].field->name, "picture")) error = follow_picture(portal, visit, fields[i].field, out);
    return error;
}

static Error follow_address(struct portal *portal, const struct visit *visit, const Commit *out)
{
    size_t count = 0;
    const struct decided_field *fields = decided_fields(out->decided, &count);
    for (size_t i = 0; i < count; i++)
        if (str_is(fields[i].field->name, "email")) return invitation_outgrown(portal, visit, decided_actor(out->decided), &out->user);
    return OK;
}

/* The files of a picture, invitations and lists of members follow in the same transaction; most people are no members, and most changes are not
   listed. */
static Error follow(struct portal *portal, const struct visit *visit, Commit *out)
{
    size_t count = 0;
    Error error = follow_pictures(portal, visit, out);
    if (!error) error = follow_address(portal, visit, out);
    const struct decided_field *fields = decided_fields(out->decided, &count);
    if (error || !out->subject.membership_count) return error;
    for (size_t i = 0; i < count; i++)
        if (member_shows(fields[i].field->name))
            return member_index_follow(portal, visit->arena, &out->user, &out->subject, profile_after(out->decided));
    return OK;
}

/* What the operator does to somebody stands in the activity of their home. */
static struct visit seen_from_home(const struct visit *visit, const Commit *out)
{
    struct visit seen = *visit;
    bool person = !str_starts(visit->actor_id, STR("system:"));
    bool tells = person && decided_actor(out->decided) == ACTOR_OPERATOR && !visit->organization.p;
    for (size_t i = 0; tells && i < out->user.membership_count; i++)
        if (out->user.memberships[i].rules.home) seen.organization = out->user.memberships[i].rules.organization.name;
    return seen;
}

static Error save(struct portal *portal, const struct visit *visit, Commit *out)
{
    const struct field *clash = NULL;
    Error error = profile_save(portal->db, visit->arena, &portal->directory.fields, &out->user, out->decided, visit->now, &clash);
    if (error == ERR_CONFLICT) {
        if (clash) taken(visit->arena, clash, out);
        else out->outcome = COMMIT_STALE;
        return ERR_CONFLICT;
    }
    if (error) return error;
    const struct connection *connection = directory_connection(&portal->directory, out->user.connection);
    struct visit seen = seen_from_home(visit, out);
    error = audit(portal, &seen, connection, out->user.user_id, decided_actor(out->decided), "profile.save", "allowed",
                  decided_list(visit->arena, out->decided));
    if (!error) error = follow(portal, visit, out);
    if (error) return error;
    out->outcome = COMMIT_DONE;
    out->user.profile = profile_after(out->decided);
    out->user.version++;
    out->user.updated_at = visit->now;
    return OK;
}

static Error read_account(struct portal *portal, struct arena *arena, int64_t account, Commit *out)
{
    struct user *user = &out->user;
    struct membership *list = NULL;
    Error error = portal_refresh(portal);
    if (!error) error = user_get(portal->db, arena, account, user);
    if (!error) error = user_memberships(portal->db, arena, &portal->directory.fields, account, &list, &user->membership_count);
    if (error) return error;
    user->memberships = list;
    user->has_memberships = true;
    return account_subject(portal, arena, user, &out->subject);
}

static Error commit_inside(struct portal *portal, const struct visit *visit, int64_t version, const struct change *change, bool own,
                           Commit *out)
{
    Error error = decide(portal, visit, change, own, "profile.save", out);
    if (error || !out->decided) return error;
    size_t count = 0;
    decided_fields(out->decided, &count);
    if (count == 0) {
        out->outcome = COMMIT_UNCHANGED;
        return OK;
    }
    if (version >= 0 && version != out->user.version) {
        out->outcome = COMMIT_STALE;
        return OK;
    }
    return save(portal, visit, out);
}

/* ERR_CONFLICT from inside means that nothing may stay of what was tried; the outcome in *out says why. */
static Error finish(struct portal *portal, bool own, Error error)
{
    if (!own) return error == ERR_CONFLICT ? OK : error;
    if (error) {
        db_rollback(portal->db);
        return error == ERR_CONFLICT ? OK : error;
    }
    return db_commit(portal->db);
}

Error account_commit(struct portal *portal, const struct visit *visit, int64_t account, int64_t version,
                     const struct change *change, Commit *out)
{
    *out = (Commit){0};
    bool own = !db_in_transaction(portal->db);
    Error error = own ? db_begin(portal->db) : OK;
    if (error) return error;
    error = read_account(portal, visit->arena, account, out);
    if (!error) error = commit_inside(portal, visit, version, change, own, out);
    return finish(portal, own, error);
}

Error account_commit_read(struct portal *portal, const struct visit *visit, const struct user *user, const struct subject *subject,
                          int64_t version, const struct change *change, Commit *out)
{
    if (!db_in_transaction(portal->db) || !user->has_memberships) return ERR_FAULT;
    *out = (Commit){.user = *user, .subject = *subject};
    return finish(portal, false, commit_inside(portal, visit, version, change, false, out));
}

static Str new_user_id(struct arena *arena, const struct connection *connection, Str wanted)
{
    Str id = wanted.n ? wanted : hex_encode(arena, crypto_random(arena, 12));
    return arena_print(arena, "%.*s|%.*s", STR_ARGS(connection->strategy), STR_ARGS(id));
}

/* As profile_add has left it: not read again. */
static struct user new_user(int64_t id, const struct user *asked, const struct decided *decided, int64_t now)
{
    return (struct user){.id = id, .user_id = asked->user_id, .connection = asked->connection, .version = 1, .epoch = 1,
                         .profile = profile_after(decided), .created_at = now, .updated_at = now};
}

static Error create_inside(struct portal *portal, const struct visit *visit, const struct connection *connection, Str wanted_id,
                           const struct change *change, bool own, Commit *out)
{
    out->subject = (struct subject){.connection = &connection->source};
    out->user = (struct user){.connection = connection->id, .user_id = new_user_id(visit->arena, connection, wanted_id)};
    Error error = decide(portal, visit, change, own, "account.create", out);
    if (error || !out->decided) return error;
    const struct field *clash = NULL;
    int64_t id = 0;
    bool erased = false;
    if (wanted_id.n) error = tombstone_is(portal, visit->arena, out->user.user_id, &erased);
    if (error || erased) {
        out->outcome = COMMIT_STALE;
        return error ? error : ERR_CONFLICT;
    }
    error = profile_add(portal->db, visit->arena, &portal->directory.fields, connection->id, out->user.user_id, out->decided,
                        visit->now, &id, &clash);
    if (error == ERR_CONFLICT) {
        if (clash) taken(visit->arena, clash, out);
        else out->outcome = COMMIT_STALE;
    }
    if (error) return error;
    error = audit(portal, visit, connection, out->user.user_id, change->actor, "account.create", "allowed",
                  decided_list(visit->arena, out->decided));
    out->user.id = id;
    if (!error) error = follow_pictures(portal, visit, out);
    if (error) return error;
    out->outcome = COMMIT_DONE;
    out->user = new_user(id, &out->user, out->decided, visit->now);
    return OK;
}

Error account_create(struct portal *portal, const struct visit *visit, const struct connection *connection, Str wanted_id,
                     const struct change *change, Commit *out)
{
    *out = (Commit){0};
    bool own = !db_in_transaction(portal->db);
    Error error = own ? db_begin(portal->db) : OK;
    if (error) return error;
    return finish(portal, own, create_inside(portal, visit, connection, wanted_id, change, own, out));
}
