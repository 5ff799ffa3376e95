#include "account/picture.h"

#include "account/picture_files.h"
#include "account/throttle.h"
#include "base/encode.h"

enum { AN_HOUR = 3600, FILES_AT_ONCE = 20 };

static const struct bucket uploads_bucket = {"picture-uploads", AN_HOUR};

/* --- addresses --- */

bool picture_name_is(Str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!(name.p[i] >= '0' && name.p[i] <= '9') && !(name.p[i] >= 'a' && name.p[i] <= 'f')) return false;
    return name.n == (size_t)PICTURE_NAME_BYTES * 2;
}

Str picture_name(const struct options *options, Str address)
{
    Str base = options->public_url;
    if (!str_starts(address, base) || !str_starts(str_after(address, base.n), STR("/pictures/"))) return STR_NONE;
    Str rest = str_after(address, base.n + sizeof "/pictures/" - 1), name = str_cut(&rest, '/');
    return picture_name_is(name) && str_is(rest, "256.webp") ? name : STR_NONE;
}

Str picture_path(struct arena *arena, Str name, int side)
{
    return arena_print(arena, "/pictures/%.*s/%d.webp", STR_ARGS(name), side);
}

/* --- rows --- */

Error picture_of(struct portal *portal, struct arena *arena, int64_t account, Str *name)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_picture_of_account, DB_ARGS(db_int(account)), &rows);
    if (error) return error;
    *name = row_next(&rows) ? arena_copy(arena, row_text(&rows, 0)) : STR_NONE;
    return rows_end(&rows);
}

Error picture_drop(struct portal *portal, const struct visit *visit, int64_t account)
{
    Error error = db_run(portal->db, STMT_picture_gone_of_account, DB_ARGS(db_int(account), db_int(visit->now)), NULL);
    return error ? error : db_run(portal->db, STMT_picture_drop_of_account, DB_ARGS(db_int(account)), NULL);
}

Error picture_follow(struct portal *portal, const struct visit *visit, int64_t account, const json_t *profile)
{
    Str own, named = picture_name(portal->options, str_of(json_string_value(json_object_get(profile, "picture"))));
    Error error = picture_of(portal, visit->arena, account, &own);
    if (error || str_eq(named, own)) return error;
    return named.n ? ERR_CONFLICT : picture_drop(portal, visit, account);
}

/* --- a person's own --- */

static struct change change_to(const struct portal *portal, struct arena *arena, Str name)
{
    struct change change;
    change_init(&change, arena, ACTOR_OWNER);
    if (!name.n) change_put(&change, STR("picture"), json_null());
    else change_put_text(&change, STR("picture"), arena_join(arena, portal->options->public_url,
                                                             picture_path(arena, name, PICTURE_ADDRESS_SIDE)));
    return change;
}

static void refused(const Commit *commit, PictureAct *out)
{
    const struct refusal *refusal = commit->refusals.first;
    out->outcome = PICTURE_LOCKED;
    if (refusal) out->verdict = refusal->verdict;
}

enum { NO_VERSION = 0 };          /* of any account: what is tried with it can be refused and cannot be saved */

static Error write_refusal(struct portal *portal, const struct visit *visit, const struct user *user, Str name, Commit *commit)
{
    const struct change change = change_to(portal, visit->arena, name);
    return account_commit(portal, visit, user->id, NO_VERSION, &change, commit);
}

/* A rule that keeps the field is met before anything else: nothing is counted, decoded or stored. The refusal has its row. */
static Error meet_rules(struct portal *portal, const struct visit *visit, const struct user *user, Str name, PictureAct *out)
{
    struct subject subject;
    Commit commit;
    Error error = portal_refresh(portal);
    if (!error) error = account_subject(portal, visit->arena, user, &subject);
    if (error) return error;
    const struct fields *fields = &portal->directory.fields;
    const struct field *field = field_find(fields, STR("picture"));
    if (field && policy_level(fields, field, &subject, ACTOR_OWNER, false).level >= LEVEL_ONCE) return OK;
    error = write_refusal(portal, visit, user, name, &commit);
    if (!error) refused(&commit, out);
    return error;
}

Error picture_admit(struct portal *portal, const struct visit *visit, Str key, PictureAct *out)
{
    int64_t count = 0, until = 0;
    Error error = throttle_look(portal, visit, &uploads_bucket, key, &count, &until);
    if (!error && until <= visit->now) error = throttle_count(portal, visit, &uploads_bucket, key, &count, &until);
    if (error || (until <= visit->now && count <= portal->options->uploads_per_hour)) return error;
    out->outcome = PICTURE_WAIT;
    out->seconds = until > visit->now ? until - visit->now : AN_HOUR;
    return until > visit->now ? OK : throttle_pause(portal, visit, &uploads_bucket, key, visit->now + AN_HOUR);
}

Str picture_new_name(struct arena *arena)
{
    return hex_encode(arena, crypto_random(arena, PICTURE_NAME_BYTES));
}

Error picture_lay_down(struct portal *portal, const struct visit *visit, Str name, Str upload, const struct picture_crop *crop,
                       PictureAct *out)
{
    struct picture_set set;
    out->fault = picture_make(upload, crop, &set);
    if (out->fault == PICTURE_FAILED) return ERR_FAULT;
    if (out->fault) {
        out->outcome = PICTURE_REFUSED;
        return OK;
    }
    Error error = db_run(portal->db, STMT_picture_gone_add, DB_ARGS(db_text(name), db_int(visit->now + AN_HOUR)), NULL);
    if (!error) error = picture_files_write(portal->options, visit->arena, name, &set);
    picture_close(&set);
    return error;
}

/* Inside the transaction. The new row stands before the profile names it, so that nothing else takes the files for old ones. */
static Error commit_inside(struct portal *portal, const struct visit *visit, const struct user *user, Str name, Commit *commit)
{
    const struct change change = change_to(portal, visit->arena, name);
    Error error = picture_drop(portal, visit, user->id);
    if (!error && name.n)
        error = db_run(portal->db, STMT_picture_add, DB_ARGS(db_text(name), db_int(user->id), db_null(), db_int(visit->now)), NULL);
    if (!error && name.n) error = db_run(portal->db, STMT_picture_gone_drop, DB_ARGS(db_text(name)), NULL);
    return error ? error : account_commit(portal, visit, user->id, -1, &change, commit);
}

static Error commit(struct portal *portal, const struct visit *visit, const struct user *user, Str name, PictureAct *out)
{
    Commit commit;
    Error error = db_begin(portal->db);
    if (error) return error;
    error = commit_inside(portal, visit, user, name, &commit);
    if (!error && (commit.outcome == COMMIT_DONE || commit.outcome == COMMIT_UNCHANGED)) return db_commit(portal->db);
    db_rollback(portal->db);
    if (error || commit.outcome != COMMIT_REFUSED) return error ? error : ERR_BUSY;
    /* The rules changed while the file was decoded: what was tried has its row all the same. */
    refused(&commit, out);
    return write_refusal(portal, visit, user, name, &commit);
}

Error picture_save(struct portal *portal, const struct visit *visit, const struct user *user, Str upload,
                   const struct picture_crop *crop, PictureAct *out)
{
    *out = (PictureAct){0};
    Str name = picture_new_name(visit->arena);
    Error error = meet_rules(portal, visit, user, name, out);
    if (!error && !out->outcome)
        error = picture_admit(portal, visit, arena_print(visit->arena, "account %lld", (long long)user->id), out);
    if (!error && !out->outcome) error = picture_lay_down(portal, visit, name, upload, crop, out);
    if (!error && !out->outcome) error = commit(portal, visit, user, name, out);
    return error;
}

Error picture_remove(struct portal *portal, const struct visit *visit, const struct user *user, PictureAct *out)
{
    *out = (PictureAct){0};
    Error error = meet_rules(portal, visit, user, STR_NONE, out);
    if (error || out->outcome) return error;
    if (!json_object_get(user->profile, "picture")) {
        out->outcome = PICTURE_NOTHING;
        return OK;
    }
    return commit(portal, visit, user, STR_NONE, out);
}

/* --- the courier's --- */

static Error due(struct portal *portal, const struct visit *visit, Str names[FILES_AT_ONCE], size_t *count)
{
    struct rows rows;
    *count = 0;
    Error error = db_select(portal->db, STMT_picture_gone_due, DB_ARGS(db_int(visit->now), db_int(FILES_AT_ONCE)), &rows);
    if (error) return error;
    while (row_next(&rows) && *count < FILES_AT_ONCE) names[(*count)++] = arena_copy(visit->arena, row_text(&rows, 0));
    return rows_end(&rows);
}

Error picture_sweep(struct portal *portal, const struct visit *visit, bool *more)
{
    Str names[FILES_AT_ONCE];
    size_t count;
    Error error = due(portal, visit, names, &count);
    for (size_t i = 0; !error && i < count; i++) {
        error = picture_files_remove(portal->options, visit->arena, names[i]);
        if (!error) error = db_run(portal->db, STMT_picture_gone_drop, DB_ARGS(db_text(names[i])), NULL);
    }
    *more = !error && count == FILES_AT_ONCE;
    return error;
}
