#include "account/email.h"

#include "account/profile.h"
#include "account/state.h"
#include "base/text_marker.h"
#include "store/user_store.h"

const struct proof_kind email_proof = {
    .field = "email", .mark = "email_verified", .proof = PROOF_EMAIL,
    .change = PURPOSE_EMAIL_CHANGE, .verify = PURPOSE_EMAIL_VERIFY,
    .change_letter = LETTER_email_change, .verify_letter = LETTER_email_verify,
    .path = "/email/confirm", .asked = "email.ask", .cancelled = "email.cancel",
    .same = N_("This is your address already."),
};

/* Who holds a link acts for its account, signed in or not. */
static struct visit visit_as(const struct visit *visit, const struct user *user)
{
    struct visit as = *visit;
    as.actor_id = user->user_id;
    return as;
}

/* --- looking --- */

Error email_link(struct portal *portal, const struct visit *visit, Str secret, EmailLink *out)
{
    *out = (EmailLink){.changes = true};
    Error error = artefact_find(portal, visit, PURPOSE_EMAIL_CHANGE, secret, &out->artefact);
    if (error == ERR_EXPIRED) {
        out->changes = false;
        error = artefact_find(portal, visit, PURPOSE_EMAIL_VERIFY, secret, &out->artefact);
    }
    if (!error) error = user_get(portal->db, visit->arena, out->artefact.account, &out->user);
    if (error) return error == ERR_NOT_FOUND ? ERR_EXPIRED : error;
    return proving_fits(portal, visit->arena, &email_proof, &out->user, &out->artefact) ? OK : ERR_EXPIRED;
}

Error email_revert_link(struct portal *portal, const struct visit *visit, Str secret, EmailLink *out)
{
    *out = (EmailLink){.changes = true};
    Error error = artefact_find(portal, visit, PURPOSE_EMAIL_REVERT, secret, &out->artefact);
    if (!error) error = user_get(portal->db, visit->arena, out->artefact.account, &out->user);
    return error == ERR_NOT_FOUND ? ERR_EXPIRED : error;
}

/* --- confirming --- */

static json_t *notice_payload(const struct visit *visit, const EmailLink *link, Str secret)
{
    Str path = arena_print(visit->arena, "/email/revert?token=%.*s", STR_ARGS(secret));
    json_t *payload = json_object();
    json_object_set_new(payload, "value", json_stringn(link->artefact.value.p, link->artefact.value.n));
    json_object_set_new(payload, "at", json_integer(visit->now));
    json_object_set_new(payload, "peer", json_stringn(visit->peer.p ? visit->peer.p : "", visit->peer.n));
    json_object_set_new(payload, "link", json_stringn(path.p, path.n));
    return payload;
}

/* Only a mailbox that had proven itself gets the way back: one that was never confirmed may be a stranger's, mistyped, and the
   link would hand the account over to them. */
static Error tell_old_mailbox(struct portal *portal, const struct visit *visit, const EmailLink *link, Str language)
{
    Str old = proving_value(portal, visit->arena, "email", &link->user), secret;
    if (!old.n || !proving_is_verified(&email_proof, &link->user)) return OK;
    int64_t seconds = portal->options->revert_link_seconds;
    Error error = artefact_make(portal, visit, &(struct artefact_wish){.purpose = PURPOSE_EMAIL_REVERT, .user = &link->user,
                                                                       .organization = link->artefact.organization, .value = old,
                                                                       .seconds = seconds}, &secret);
    if (error) return error;
    return outbox_add(portal, visit, &(struct outbox_wish){.letter = LETTER_email_changed, .user = &link->user,
                                                           .organization = link->artefact.organization, .recipient = old,
                                                           .language = language, .expires_at = visit->now + seconds,
                                                           .payload = notice_payload(visit, link, secret)});
}

static Error confirm_inside(struct portal *portal, const struct visit *visit, Str secret, Str language, EmailLink *link, Step *out)
{
    Error error = email_link(portal, visit, secret, link);
    if (!error) error = artefact_take(portal, visit, &link->artefact);
    if (error) return error;
    struct visit as = visit_as(visit, &link->user);
    error = proving_apply(portal, &as, &email_proof, &link->user, &link->artefact, out);
    if (error || out->outcome != STEP_DONE || !out->changed) return error;
    error = account_end_all(portal, &link->user);
    return error ? error : tell_old_mailbox(portal, &as, link, language);
}

static Error finish(struct portal *portal, Error error, const Step *step)
{
    if (!error && step->outcome == STEP_DONE) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}

Error email_confirm(struct portal *portal, const struct visit *visit, Str secret, Str language, Step *out)
{
    EmailLink link;
    *out = (Step){0};
    Error error = db_begin(portal->db);
    if (error) return error;
    error = finish(portal, confirm_inside(portal, visit, secret, language, &link, out), out);
    if (error || out->outcome != STEP_REFUSED) return error;
    struct visit as = visit_as(visit, &link.user);
    return proving_refused(portal, &as, &email_proof, link.user.id, link.artefact.value, out);
}

/* --- undoing --- */

/* Who holds the address in this connection by now; id 0: nobody else. */
static Error find_holder(struct portal *portal, const struct visit *visit, const EmailLink *link, struct user *out)
{
    Str key = identifier_key(visit->arena, link->artefact.value);
    struct rows rows;
    int64_t account = 0;
    *out = (struct user){0};
    Error error = db_select(portal->db, STMT_identifier_get,
                            DB_ARGS(db_int(link->user.connection), db_text(STR("email")), db_text(key)), &rows);
    if (error) return error;
    if (row_next(&rows)) account = row_int(&rows, 0);
    error = rows_end(&rows);
    return error || !account || account == link->user.id ? error : user_get(portal->db, visit->arena, account, out);
}

/* Else whoever signs up with the old address in time would keep its owner from getting the account back, without ever having
   seen the mailbox. The link has come from there, so who never proved it gives way; who did prove it stays. */
static Error release(struct portal *portal, const struct visit *visit, const EmailLink *link)
{
    struct visit as = *visit;
    struct user holder;
    struct change change;
    Commit commit;
    Error error = find_holder(portal, visit, link, &holder);
    if (error || !holder.id || proving_is_verified(&email_proof, &holder)) return error;
    as.actor_id = STR("system:revert");
    change_init(&change, visit->arena, ACTOR_SCRIPT);
    change_put(&change, STR("email"), json_null());
    error = account_commit(portal, &as, holder.id, -1, &change, &commit);
    return error ? error : account_end_all(portal, &holder);
}

static Error put_back(struct portal *portal, const struct visit *visit, const EmailLink *link, Step *out)
{
    struct change change;
    Commit commit;
    change_init(&change, visit->arena, ACTOR_SCRIPT);
    change.proven[PROOF_EMAIL] = true;
    change_put_text(&change, STR("email"), link->artefact.value);
    Error error = account_commit(portal, visit, link->user.id, -1, &change, &commit);
    if (error) return error;
    bool done = commit.outcome == COMMIT_DONE || commit.outcome == COMMIT_UNCHANGED;
    out->outcome = done ? STEP_DONE : STEP_UNUSABLE;
    return commit.outcome == COMMIT_STALE ? ERR_BUSY : OK;
}

static Error revert_inside(struct portal *portal, const struct visit *visit, Str secret, Step *out)
{
    EmailLink link;
    Error error = email_revert_link(portal, visit, secret, &link);
    if (!error) error = artefact_take(portal, visit, &link.artefact);
    if (error) return error;
    error = release(portal, visit, &link);
    if (error) return error;
    struct visit as = visit_as(visit, &link.user);
    error = put_back(portal, &as, &link, out);
    if (error || out->outcome != STEP_DONE) return error;
    error = account_end_all(portal, &link.user);
    return error ? error : account_audit(portal, &as, ACTOR_OWNER, &link.user, "email.revert", STR_NONE);
}

Error email_revert(struct portal *portal, const struct visit *visit, Str secret, Step *out)
{
    *out = (Step){0};
    Error error = db_begin(portal->db);
    return error ? error : finish(portal, revert_inside(portal, visit, secret, out), out);
}
