/* What goes from the audit by right: what names a person who was erased, and rows that are older than they may be kept. */
#include "account/audit.h"
#include "account/audit_row.h"
#include "base/log.h"

struct named {
    struct audit_row row;
    bool whole;                   /* nobody had changed it */
};

static Error collect(struct portal *portal, struct arena *arena, Str user_id, struct named *out, size_t *count)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_audit_of_person, DB_ARGS(db_text(user_id), db_int(AUDIT_PIECE)), &rows);
    if (error) return error;
    for (*count = 0; *count < AUDIT_PIECE && row_next(&rows); ++*count) {
        struct audit_row row = audit_row_read(&rows);
        out[*count] = (struct named){
            .whole = audit_row_flaw(portal->keys, &row) == NULL,
            .row = {.id = row.id, .seal = arena_copy(arena, row.seal),
                    .entry = {.actor_id = arena_copy(arena, row.entry.actor_id), .user_id = arena_copy(arena, row.entry.user_id),
                              .fields = arena_copy(arena, row.entry.fields)}},
        };
        if (!row.entry.user_id.p) out[*count].row.entry.user_id = STR_NONE;
    }
    return rows_end(&rows);
}

/* A row that somebody had changed before is not made good by that: its mark is zeros, which never fits. */
static Error forget(struct portal *portal, struct named *named, Str user_id, Str pseudonym)
{
    struct audit_entry *entry = &named->row.entry;
    unsigned char mark[SECRET_BYTES] = {0};
    if (str_eq(entry->actor_id, user_id)) entry->actor_id = pseudonym;
    if (str_eq(entry->user_id, user_id)) entry->user_id = pseudonym;
    entry->reason = STR_NONE;
    entry->peer = STR("");
    if (named->whole) audit_forgotten_mark(portal->keys, &named->row, mark);
    return db_run(portal->db, STMT_audit_forget,
                  DB_ARGS(db_int(named->row.id), db_text(entry->actor_id), db_text(entry->user_id),
                          db_blob((Str){(const char *)mark, SECRET_BYTES})), NULL);
}

Error audit_forget(struct portal *portal, struct arena *arena, Str user_id, Str pseudonym, bool *more)
{
    struct named *list = ARENA_ARRAY(arena, struct named, AUDIT_PIECE);
    size_t count = 0;
    if (!db_in_transaction(portal->db) || !pseudonym.n || str_eq(user_id, pseudonym)) return ERR_FAULT;
    Error error = collect(portal, arena, user_id, list, &count);
    for (size_t i = 0; !error && i < count; i++) error = forget(portal, &list[i], user_id, pseudonym);
    *more = count == AUDIT_PIECE;
    return error;
}

/* --- retention --- */

struct retiring {
    struct portal *portal;
    struct audit_point last;      /* of what goes, or went before: what follows hangs on it */
    bool moved;                   /* `last` was */
    int64_t gone;                 /* the last row that goes */
    int64_t count;
};

static Error changed(const struct audit_row *row)
{
    log_line(LOG_ERROR, "row %lld of the audit was changed: it and what follows are kept; run latchkey audit verify",
             (long long)row->id);
    return ERR_INVALID;
}

/* Evidence of a change is not swept away with it. */
static Error look(struct retiring *retiring, const struct audit_row *row)
{
    struct audit_point next = {.id = row->id};
    retiring->gone = row->id;
    if (row->id <= retiring->last.id) return audit_row_is_older(row, &retiring->last) ? OK : changed(row);
    audit_hash(retiring->portal->keys, &retiring->last, row, next.hash);
    if (!audit_point_is(&next, row->hash) || audit_row_flaw(retiring->portal->keys, row)) return changed(row);
    retiring->last = next;
    retiring->moved = true;
    return OK;
}

static Error look_through(struct retiring *retiring, int64_t before)
{
    struct rows rows;
    Error error = db_select(retiring->portal->db, STMT_audit_chain, DB_ARGS(db_int(INT64_MIN), db_int(AUDIT_PIECE)), &rows);
    if (error) return error;
    Error bad = OK;
    while (!bad && row_next(&rows)) {
        struct audit_row row = audit_row_read(&rows);
        if (row.entry.at >= before) break;
        bad = look(retiring, &row);
        retiring->count++;
    }
    error = rows_end(&rows);
    return error ? error : bad;
}

static Error take_away(struct retiring *retiring, const struct visit *visit)
{
    struct portal *portal = retiring->portal;
    Error error = db_run(portal->db, STMT_audit_retire, DB_ARGS(db_int(retiring->gone)), NULL);
    if (!error && retiring->moved) error = audit_mark_put(portal->db, portal->keys, AUDIT_ANCHOR, &retiring->last);
    if (error) return error;
    return audit_write(portal, &(struct audit_entry){
        .at = visit->now, .request_id = visit->request_id, .actor = STR("system"), .actor_id = visit->actor_id,
        .action = STR("audit.retire"), .outcome = STR("allowed"), .peer = visit->peer,
        .reason = arena_print(visit->arena, "%lld rows", (long long)retiring->count),
    });
}

static Error retire_inside(struct retiring *retiring, const struct visit *visit, int64_t before)
{
    struct audit_marks marks;
    Error error = audit_marks_read(retiring->portal->db, retiring->portal->keys, &marks);
    if (error) return error;
    if (!marks.anchor.fits) {
        log_line(LOG_ERROR, "the anchor of the audit is %s: run latchkey audit verify", marks.anchor.there ? "none of ours" : "gone");
        return ERR_INVALID;
    }
    retiring->last = marks.anchor.point;
    error = look_through(retiring, before);
    return error || !retiring->count ? error : take_away(retiring, visit);
}

Error audit_retire(struct portal *portal, const struct visit *visit, int64_t before, bool *more)
{
    struct retiring retiring = {.portal = portal};
    *more = false;
    Error error = db_begin(portal->db);
    if (error) return error;
    error = retire_inside(&retiring, visit, before);
    if (error) {
        db_rollback(portal->db);
        return error;
    }
    *more = retiring.count == AUDIT_PIECE;
    return db_commit(portal->db);
}
