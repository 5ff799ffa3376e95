#include "account/phone.h"

#include "account/look.h"
#include "account/profile.h"
#include "account/state.h"
#include "account/throttle.h"
#include "base/text_marker.h"
#include "store/user_store.h"

enum { AN_HOUR = 3600, NOTICE_SECONDS = 3 * 86400 };

const struct proof_kind phone_proof = {
    .field = "phone_number", .mark = "phone_verified", .proof = PROOF_PHONE,
    .change = PURPOSE_PHONE_CHANGE, .verify = PURPOSE_PHONE_CHANGE,
    .change_letter = LETTER_phone_code, .verify_letter = LETTER_phone_code,
    .asked = "phone.ask", .cancelled = "phone.cancel",
    .same = N_("This is your number already."),
    .unreachable = N_("We cannot send codes to numbers of this country. Enter a number of another country, or ask your organization."),
};

/* Five tries are a code's; this is what all codes of an account may cost together (security.md C13). */
static const struct bucket tries_bucket = {"code-tries", AN_HOUR};

static Error admit(struct portal *portal, const struct visit *visit, int64_t account, Step *out)
{
    int64_t count = 0, until = 0;
    Str key = arena_print(visit->arena, "%lld", (long long)account);
    Error error = throttle_look(portal, visit, &tries_bucket, key, &count, &until);
    if (!error && until <= visit->now) error = throttle_count(portal, visit, &tries_bucket, key, &count, &until);
    if (error) return error;
    if (until > visit->now || count > portal->options->code_tries_per_hour) {
        out->outcome = STEP_WAIT;
        out->seconds = until > visit->now ? until - visit->now : AN_HOUR;
        return OK;
    }
    if (count < portal->options->code_tries_per_hour) return OK;
    return throttle_pause(portal, visit, &tries_bucket, key, visit->now + AN_HOUR);
}

/* The session that did it goes on; the others are told apart by it and end. */
static Error end_others(struct portal *portal, const struct session *session)
{
    Error error = db_run(portal->db, STMT_account_epoch, DB_ARGS(db_int(session->user.id)), NULL);
    if (!error) error = db_run(portal->db, STMT_session_follow, DB_ARGS(db_blob(session->id_hash)), NULL);
    if (error) return error;
    return db_run(portal->db, STMT_session_drop_others, DB_ARGS(db_int(session->user.id), db_blob(session->id_hash)), NULL);
}

static Error tell_mailbox(struct portal *portal, const struct visit *visit, const struct session *session, Str language)
{
    Str address = proving_value(portal, visit->arena, "email", &session->user);
    int64_t organization = 0;
    struct look look;
    if (!address.n) return OK;
    Error error = proving_home(portal, visit->arena, &session->user, &organization);
    if (!error) error = look_of(portal, visit->arena, organization, &look);
    if (error) return error;
    Str link = look_path(visit->arena, &look, "/password/forgot");
    json_t *payload = json_object();
    json_object_set_new(payload, "at", json_integer(visit->now));
    json_object_set_new(payload, "peer", json_stringn(visit->peer.p ? visit->peer.p : "", visit->peer.n));
    json_object_set_new(payload, "link", json_stringn(link.p, link.n));
    error = outbox_add(portal, visit, &(struct outbox_wish){.letter = LETTER_phone_changed, .user = &session->user,
                                                            .organization = organization, .recipient = address,
                                                            .language = language, .expires_at = visit->now + NOTICE_SECONDS,
                                                            .payload = payload});
    return error == ERR_INVALID ? OK : error;
}

static Error after_change(struct portal *portal, const struct visit *visit, const struct session *session, Str language)
{
    Error error = end_others(portal, session);
    return error ? error : tell_mailbox(portal, visit, session, language);
}

/* A try counts whatever comes of it: a wrong code, and the one that used up the last try, are committed too. */
static Error finish(struct portal *portal, Error error, const Step *step)
{
    bool counts = step->outcome == STEP_DONE || step->outcome == STEP_WRONG_CODE;
    if (error == ERR_EXPIRED || (!error && counts)) {
        Error committed = db_commit(portal->db);
        return committed ? committed : error;
    }
    db_rollback(portal->db);
    return error;
}

static Error confirm_inside(struct portal *portal, const struct visit *visit, const struct session *session, Str code,
                            Str language, struct artefact *artefact, Step *out)
{
    struct user user;
    Error error = user_get(portal->db, visit->arena, session->user.id, &user);
    if (!error) error = artefact_try_code(portal, visit, PURPOSE_PHONE_CHANGE, user.id, code, artefact);
    if (error == ERR_DENIED) {
        *out = (Step){.outcome = STEP_WRONG_CODE, .tries = artefact->tries};
        return OK;
    }
    if (error) return error;
    if (!proving_fits(portal, visit->arena, &phone_proof, &user, artefact)) return ERR_EXPIRED;
    error = proving_apply(portal, visit, &phone_proof, &user, artefact, out);
    return error || out->outcome != STEP_DONE ? error : after_change(portal, visit, session, language);
}

Error phone_confirm(struct portal *portal, const struct visit *visit, const struct session *session, Str code, Str language,
                    Step *out)
{
    struct artefact artefact = {0};
    *out = (Step){0};
    Error error = admit(portal, visit, session->user.id, out);
    if (error || out->outcome == STEP_WAIT) return error;
    error = db_begin(portal->db);
    if (error) return error;
    error = finish(portal, confirm_inside(portal, visit, session, code, language, &artefact, out), out);
    if (error || out->outcome != STEP_REFUSED) return error;
    return proving_refused(portal, visit, &phone_proof, session->user.id, artefact.value, out);
}

static Error remove_inside(struct portal *portal, const struct visit *visit, const struct session *session, Str language, Step *out)
{
    struct change change;
    Commit commit;
    change_init(&change, visit->arena, ACTOR_OWNER);
    change.proven[PROOF_PHONE] = true;
    change_put(&change, STR("phone_number"), NULL);
    Error error = account_commit(portal, visit, session->user.id, -1, &change, &commit);
    if (error) return error;
    if (commit.outcome == COMMIT_REFUSED && commit.refusals.first) {
        out->verdict = commit.refusals.first->verdict;
        out->problem = commit.refusals.first->problem;
        if (commit.refusals.first->kind == REFUSED_INVALID) out->outcome = STEP_INVALID;
        return OK;
    }
    out->outcome = STEP_DONE;
    return commit.outcome == COMMIT_DONE ? after_change(portal, visit, session, language) : OK;
}

Error phone_remove(struct portal *portal, const struct visit *visit, const struct session *session, Str language, Step *out)
{
    *out = (Step){0};
    Error error = db_begin(portal->db);
    if (error) return error;
    error = finish(portal, remove_inside(portal, visit, session, language, out), out);
    if (error || out->outcome != STEP_REFUSED) return error;
    return proving_refused(portal, visit, &phone_proof, session->user.id, STR(""), out);
}
