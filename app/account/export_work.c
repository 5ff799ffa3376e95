#include "account/export_work.h"

#include <dirent.h>
#include <errno.h>
#include <unistd.h>

#include "account/outbox.h"
#include "account/proving.h"
#include "base/log.h"

enum { SWEPT_AT_ONCE = 500, NAME_LENGTH = 32 };
enum export_column { ID, ACCOUNT, PUBLIC_ID, LANGUAGE, STATE, DONE, SIZE, CREATED_AT, READY_AT, EXPIRES_AT };

struct export export_of_row(struct arena *arena, const struct rows *rows)
{
    return (struct export){
        .id = row_int(rows, ID), .account = row_int(rows, ACCOUNT), .public_id = arena_copy(arena, row_text(rows, PUBLIC_ID)),
        .language = arena_copy(arena, row_text(rows, LANGUAGE)), .state = arena_copy(arena, row_text(rows, STATE)),
        .done = row_int(rows, DONE), .size = row_int(rows, SIZE), .created_at = row_int(rows, CREATED_AT),
        .ready_at = row_int(rows, READY_AT), .expires_at = row_int(rows, EXPIRES_AT),
    };
}

Str export_path(struct portal *portal, struct arena *arena, Str public_id, const char *ending)
{
    return arena_print(arena, "%s/%.*s.%s", portal->options->exports_dir.p, STR_ARGS(public_id), ending);
}

/* --- one of them --- */

static Error find_waiting(struct portal *portal, struct arena *arena, struct export *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_export_waiting, DB_NO_ARGS, &rows);
    if (error) return error;
    bool found = row_next(&rows);
    if (found) *out = export_of_row(arena, &rows);
    error = rows_end(&rows);
    return error || found ? error : ERR_NOT_FOUND;
}

Error export_take(struct portal *portal, const struct visit *visit, struct export *out)
{
    int64_t taken = 0;
    Error error = OK;
    while (!error && !taken) {
        error = find_waiting(portal, visit->arena, out);
        if (!error) error = db_run(portal->db, STMT_export_begin, DB_ARGS(db_int(out->id), db_int(EXPORT_TRIES)), &taken);
        if (!error && !taken) error = export_give_up(portal, visit, out);
    }
    return error;
}

Error export_progress(struct portal *portal, const struct visit *visit, const struct export *export, int64_t done)
{
    (void)visit;
    int64_t changed = 0;
    Error error = db_run(portal->db, STMT_export_progress, DB_ARGS(db_int(export->id), db_int(done)), &changed);
    return error || changed ? error : ERR_NOT_FOUND;
}

Error export_give_up(struct portal *portal, const struct visit *visit, const struct export *export)
{
    (void)visit;
    log_line(LOG_ERROR, "somebody's export of their data could not be made");
    return db_run(portal->db, STMT_export_give_up, DB_ARGS(db_int(export->id)), NULL);
}

/* Without an address the page alone tells. */
static Error send_notice(struct portal *portal, const struct visit *visit, const struct export *export, const struct user *user,
                         int64_t until)
{
    int64_t organization = 0;
    bool bouncing = false;
    Str address = proving_value(portal, visit->arena, "email", user);
    if (!address.n) return OK;
    Error error = address_is_bouncing(portal, visit->arena, address, &bouncing);
    if (!error && !bouncing) error = proving_home(portal, visit->arena, user, &organization);
    if (error || bouncing) return error;
    json_t *payload = json_pack("{s:s}", "link", "/privacy/export");
    return outbox_add(portal, visit, &(struct outbox_wish){.letter = LETTER_export_ready, .user = user, .organization = organization,
                                                           .recipient = address, .language = export->language, .expires_at = until,
                                                           .payload = payload});
}

Error export_ready(struct portal *portal, const struct visit *visit, const struct export *export, const struct user *user, int64_t size)
{
    int64_t changed = 0, until = visit->now + portal->options->export_seconds;
    Error error = db_begin(portal->db);
    if (error) return error;
    error = db_run(portal->db, STMT_export_ready, DB_ARGS(db_int(export->id), db_int(size), db_int(visit->now), db_int(until)), &changed);
    if (!error && !changed) error = ERR_NOT_FOUND;
    if (!error) error = send_notice(portal, visit, export, user, until);
    if (!error) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}

/* --- what is left --- */

/* Anything that does not look like ours is somebody else's and stays. */
static bool is_ours(Str name)
{
    if (name.n <= NAME_LENGTH || name.p[NAME_LENGTH] != '.') return false;
    for (size_t i = 0; i < NAME_LENGTH; i++)
        if (!str_has(STR("0123456789abcdef"), name.p[i])) return false;
    return true;
}

static Error is_wanted(struct portal *portal, Str name, Str building, bool *wanted)
{
    struct rows rows;
    Str id = str_first(name, NAME_LENGTH);
    *wanted = str_eq(id, building);
    if (*wanted || !str_is(str_after(name, NAME_LENGTH), ".zip")) return OK;
    Error error = db_select(portal->db, STMT_export_is_ready, DB_ARGS(db_text(id)), &rows);
    if (error) return error;
    *wanted = row_next(&rows);
    return rows_end(&rows);
}

static Error sweep_files(struct portal *portal, struct arena *arena, Str building)
{
    Error error = OK;
    DIR *folder = opendir(portal->options->exports_dir.p);
    if (!folder) return errno == ENOENT ? OK : ERR_FAULT;
    for (struct dirent *entry; !error && (entry = readdir(folder));) {
        Str name = str_of(entry->d_name);
        bool wanted = true;
        if (!is_ours(name)) continue;
        error = is_wanted(portal, name, building, &wanted);
        if (error || wanted) continue;
        Str path = arena_print(arena, "%s/%s", portal->options->exports_dir.p, entry->d_name);
        if (unlink(path.p) && errno != ENOENT) log_line(LOG_WARNING, "an old export could not be removed");
    }
    closedir(folder);
    return error;
}

Error export_sweep(struct portal *portal, const struct visit *visit, Str building, bool *more)
{
    int64_t swept = 0;
    Error error = db_run(portal->db, STMT_export_sweep, DB_ARGS(db_int(visit->now)), &swept);
    *more = !error && swept >= SWEPT_AT_ONCE;
    return error ? error : sweep_files(portal, visit->arena, building);
}
