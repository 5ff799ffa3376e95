#include "account/deletion.h"

#include "account/desk.h"
#include "account/desk_acting.h"
#include "account/email.h"
#include "account/member_index.h"
#include "account/outbox.h"
#include "account/proving.h"
#include "account/state.h"
#include "model/identifier.h"
#include "store/user_store.h"

enum { REMIND_BEFORE = 3 * 86400, LAST_MAIL_SECONDS = 3600 };

static Str text_of(const struct user *user, const char *field)
{
    const json_t *text = json_object_get(user->profile, field);
    return json_is_string(text) ? (Str){json_string_value(text), json_string_length(text)} : STR("");
}

/* --- how it stands --- */

static Str copy(struct arena *arena, const struct rows *rows, int column)
{
    Str text = row_text(rows, column);
    return text.p ? arena_copy(arena, text) : STR_NONE;
}

Error deletion_state(struct portal *portal, struct arena *arena, int64_t account, struct deletion_state *out)
{
    struct rows rows;
    *out = (struct deletion_state){0};
    Error error = db_select(portal->db, STMT_deletion_get, DB_ARGS(db_int(account)), &rows);
    if (error) return error;
    bool found = row_next(&rows);
    if (found)
        *out = (struct deletion_state){.at = row_int(&rows, 0), .hold = copy(arena, &rows, 1), .asked_by = copy(arena, &rows, 2),
                                       .reason = copy(arena, &rows, 3), .asked_at = row_int(&rows, 4), .reminded_at = row_int(&rows, 5),
                                       .organization = row_int(&rows, 6), .organization_name = copy(arena, &rows, row_text(&rows, 8).n ? 8 : 7)};
    error = rows_end(&rows);
    return error || found ? error : ERR_NOT_FOUND;
}

static bool manages(const struct membership *membership)
{
    return !membership->rules.suspended && desk_names_role(membership->roles, "administrator");
}

static Error find_unmanaged(struct portal *portal, struct arena *arena, const struct user *user, Deletion *out)
{
    struct membership *list = NULL;
    size_t count = 0;
    Error error = user_memberships(portal->db, arena, &portal->directory.fields, user->id, &list, &count);
    for (size_t i = 0; !error && i < count && out->outcome == DELETION_NOTHING; i++) {
        bool kept = true;
        const struct rule_source *organization = &list[i].rules.organization;
        if (manages(&list[i])) error = desk_keeps_administrator(portal, list[i].organization, user->id, &kept);
        if (kept) continue;
        *out = (Deletion){.outcome = DELETION_ADMINISTRATOR, .organization_name = organization->name,
                          .organization = organization->display_name.n ? organization->display_name : organization->name};
    }
    return error;
}

Error deletion_obstacle(struct portal *portal, struct arena *arena, const struct user *user, Deletion *out)
{
    struct deletion_state state;
    *out = (Deletion){.outcome = DELETION_NOTHING};
    Error error = deletion_state(portal, arena, user->id, &state);
    if (!error && state.hold.p) out->outcome = DELETION_HOLD;
    return error || state.hold.p ? error : find_unmanaged(portal, arena, user, out);
}

Error deletion_grace(struct portal *portal, int64_t account, int64_t *seconds)
{
    struct rows rows;
    *seconds = portal->options->deletion_grace_seconds;
    Error error = db_select(portal->db, STMT_deletion_grace, DB_ARGS(db_int(account)), &rows);
    if (error) return error;
    if (row_next(&rows) && !row_is_null(&rows, 0)) *seconds = row_int(&rows, 0);
    if (*seconds < 0) *seconds = 0;
    if (*seconds > DELETION_GRACE_MAX) *seconds = DELETION_GRACE_MAX;
    return rows_end(&rows);
}

Str deletion_phrase(struct arena *arena, const struct user *user)
{
    static const char *const names[] = {"email", "username", "phone_number"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Str text = text_of(user, names[i]);
        if (text.n) return arena_copy(arena, text);
    }
    return user->user_id;
}

/* Capitals and blanks around it make no difference, any more than where they sign in with it. */
bool deletion_confirms(struct arena *arena, Str phrase, Str typed)
{
    Str key = identifier_key(arena, phrase);
    typed = str_trim(typed);
    return typed.n && (str_eq(typed, phrase) || (key.n && str_eq(identifier_key(arena, typed), key)));
}

bool deletion_phrase_is(struct arena *arena, const struct user *user, Str typed)
{
    return deletion_confirms(arena, deletion_phrase(arena, user), typed);
}

/* --- rows and letters --- */

/* What one organization's desk does is another organization's business only as far as it happens. */
static Error tell_organization(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user,
                               const char *action, Str reason, Str organization)
{
    struct visit there = *visit;
    bool desk = actor == ACTOR_DESK && !str_eq(visit->organization, organization);
    there.organization = organization;
    if (desk) there.actor_id = STR("");
    return account_audit(portal, &there, desk ? ACTOR_SCRIPT : actor, user, action, desk ? STR_NONE : reason);
}

Error deletion_audit(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user, const char *action,
                     Str reason)
{
    struct membership *list = NULL;
    size_t count = 0;
    Error error = user_memberships(portal->db, visit->arena, &portal->directory.fields, user->id, &list, &count);
    if (!error && !count) return account_audit(portal, visit, actor, user, action, reason);
    for (size_t i = 0; !error && i < count; i++)
        error = tell_organization(portal, visit, actor, user, action, reason, list[i].rules.organization.name);
    return error;
}

/* An address that was never confirmed may be a stranger's: `reason` is not for them. */
static Error write_letter(struct portal *portal, const struct visit *visit, const struct user *user, enum letter letter, int64_t until,
                          Str reason)
{
    Str address = text_of(user, "email"), locale = text_of(user, "locale");
    if (!address.n || until <= visit->now) return OK;
    struct outbox_wish wish = {.letter = letter, .user = user, .recipient = address, .expires_at = until, .payload = json_object()};
    if (locale.n) wish.language = str_cut(&locale, '-');
    json_object_set_new(wish.payload, "link", json_string("/login"));
    json_object_set_new(wish.payload, "at", json_integer(visit->now));
    if (reason.n && proving_is_verified(&email_proof, user)) json_object_set_new(wish.payload, "reason", json_stringn(reason.p, reason.n));
    Error error = proving_home(portal, visit->arena, user, &wish.organization);
    if (!error) error = outbox_add(portal, visit, &wish);
    return error == ERR_INVALID ? OK : error;
}

/* Who deletes it at once for somebody else leaves them only this letter: it lives long enough to be sent, and the erasure waits for it. */
static Error write_first_letter(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user, int64_t at,
                                Str reason)
{
    if (actor != ACTOR_DESK) return write_letter(portal, visit, user, LETTER_deletion_set, at, STR_NONE);
    bool at_once = at <= visit->now;
    return write_letter(portal, visit, user, at_once ? LETTER_deletion_now : LETTER_deletion_desk,
                        at_once ? visit->now + LAST_MAIL_SECONDS : at, reason);
}

/* --- scheduling --- */

static Error set_time(struct portal *portal, const struct visit *visit, const struct user *user, int64_t at)
{
    Error error = db_run(portal->db, STMT_account_deletion, DB_ARGS(db_int(user->id), db_int(at)), NULL);
    if (!error && at) error = account_end_all(portal, user);
    return error ? error : member_index_refresh(portal, visit->arena, user->id);
}

static Error schedule_inside(struct portal *portal, const struct visit *visit, enum actor actor, int64_t account, Str reason, Deletion *out)
{
    struct user user;
    int64_t grace = 0;
    Error error = user_get(portal->db, visit->arena, account, &user);
    if (!error) error = deletion_obstacle(portal, visit->arena, &user, out);
    if (error) return error;
    if (out->outcome == DELETION_HOLD)
        return account_audit_refused(portal, visit, actor, &user, "deletion.confirm", STR("legal hold"));
    if (out->outcome == DELETION_ADMINISTRATOR)
        return account_audit_refused(portal, visit, actor, &user, "deletion.confirm", STR("last administrator"));
    out->at = user.deletion_at;
    if (user.deletion_at) return OK;
    error = deletion_grace(portal, user.id, &grace);
    if (error) return error;
    *out = (Deletion){.outcome = DELETION_SCHEDULED, .at = visit->now + grace};
    error = set_time(portal, visit, &user, out->at);
    if (!error)
        error = db_run(portal->db, STMT_deletion_put, DB_ARGS(db_int(user.id), db_text(str_of(actor_name(actor))),
                                                              db_text(reason.p ? reason : STR("")), db_int(visit->now),
                                                              db_text(actor == ACTOR_DESK ? visit->organization : STR_NONE)), NULL);
    if (!error) error = deletion_audit(portal, visit, actor, &user, "deletion.confirm", reason);
    return error ? error : write_first_letter(portal, visit, actor, &user, out->at, reason);
}

Error deletion_schedule(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user, Str reason, Deletion *out)
{
    bool own;
    *out = (Deletion){0};
    Error error = portal_join(portal, &own);
    return error ? error : portal_end(portal, own, schedule_inside(portal, visit, actor, user->id, reason, out));
}

static Error keep_inside(struct portal *portal, const struct visit *visit, enum actor actor, int64_t account, Str reason, Deletion *out)
{
    struct user user;
    Error error = user_get(portal->db, visit->arena, account, &user);
    if (error || !user.deletion_at || user.deletion_at <= visit->now) return error;
    error = set_time(portal, visit, &user, 0);
    if (!error) error = db_run(portal->db, STMT_deletion_drop, DB_ARGS(db_int(user.id)), NULL);
    if (error) return error;
    out->outcome = DELETION_KEPT;
    return deletion_audit(portal, visit, actor, &user, "deletion.keep", reason);
}

Error deletion_keep(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user, Str reason, Deletion *out)
{
    bool own;
    *out = (Deletion){0};
    Error error = portal_join(portal, &own);
    return error ? error : portal_end(portal, own, keep_inside(portal, visit, actor, user->id, reason, out));
}

static Error now_inside(struct portal *portal, const struct visit *visit, enum actor actor, int64_t account, Deletion *out)
{
    struct user user;
    Error error = user_get(portal->db, visit->arena, account, &user);
    if (!error) error = deletion_obstacle(portal, visit->arena, &user, out);
    if (error || out->outcome != DELETION_NOTHING || !user.deletion_at) return error;
    *out = (Deletion){.outcome = DELETION_SCHEDULED, .at = visit->now};
    error = set_time(portal, visit, &user, visit->now);
    return error ? error : deletion_audit(portal, visit, actor, &user, "deletion.now", STR_NONE);
}

Error deletion_now(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user, Deletion *out)
{
    bool own;
    *out = (Deletion){0};
    Error error = portal_join(portal, &own);
    return error ? error : portal_end(portal, own, now_inside(portal, visit, actor, user->id, out));
}

/* --- before the end --- */

static Error find_one(struct portal *portal, const struct visit *visit, int64_t *account)
{
    struct rows rows;
    *account = 0;
    Error error = db_select(portal->db, STMT_deletion_to_remind, DB_ARGS(db_int(visit->now), db_int(REMIND_BEFORE)), &rows);
    if (error) return error;
    if (row_next(&rows)) *account = row_int(&rows, 0);
    return rows_end(&rows);
}

static Error remind_inside(struct portal *portal, const struct visit *visit, bool *more)
{
    struct user user;
    int64_t account = 0;
    Error error = find_one(portal, visit, &account);
    if (error || !account) return error;
    *more = true;
    error = user_get(portal->db, visit->arena, account, &user);
    if (!error) error = db_run(portal->db, STMT_deletion_reminded, DB_ARGS(db_int(account), db_int(visit->now)), NULL);
    return error ? error : write_letter(portal, visit, &user, LETTER_deletion_soon, user.deletion_at, STR_NONE);
}

Error deletion_remind(struct portal *portal, const struct visit *visit, bool *more)
{
    int64_t account = 0;
    *more = false;
    /* Almost always there is nobody: then no writer waits. */
    Error error = find_one(portal, visit, &account);
    if (error || !account) return error;
    error = db_begin(portal->db);
    return error ? error : portal_end(portal, true, remind_inside(portal, visit, more));
}

/* --- legal hold --- */

static Error hold_inside(struct portal *portal, const struct visit *visit, const struct user *user, Str why, Str reason)
{
    Error error = db_run(portal->db, STMT_account_hold, DB_ARGS(db_int(user->id), db_text(why)), NULL);
    return error ? error : account_audit(portal, visit, ACTOR_OPERATOR, user, why.p ? "account.hold" : "account.release", reason);
}

Error deletion_hold(struct portal *portal, const struct visit *visit, const struct user *user, Str why, Str reason)
{
    bool own;
    Error error = portal_join(portal, &own);
    return error ? error : portal_end(portal, own, hold_inside(portal, visit, user, why, reason));
}
