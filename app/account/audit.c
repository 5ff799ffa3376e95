#include "account/audit.h"

#include <string.h>

#include "account/audit_row.h"
#include "base/log.h"

enum { LONGEST_TEXT = 256 };

/* Cut at a character: no half of one stays behind. */
static Str cut(Str text)
{
    size_t n = LONGEST_TEXT;
    if (text.n <= n) return text;
    while (n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80) n--;
    return str_first(text, n);
}

static Str word(Str text)
{
    return text.p ? cut(text) : STR("");
}

/* The entry as its columns will say it: what is hashed is what can be read back. `fields` is JSON of ours and stays whole. */
static struct audit_entry columns_of(const struct audit_entry *entry)
{
    return (struct audit_entry){
        .at = entry->at, .request_id = word(entry->request_id), .actor = word(entry->actor), .actor_id = word(entry->actor_id),
        .organization = cut(entry->organization), .connection = cut(entry->connection), .user_id = cut(entry->user_id),
        .action = word(entry->action), .outcome = word(entry->outcome), .reason = cut(entry->reason), .peer = word(entry->peer),
        .fields = entry->fields.n ? entry->fields : STR("[]"),
    };
}

/* Inside one transaction nobody else adds a row, so the end is looked up once. */
static bool knows_end(const struct portal *portal, struct audit_point *end)
{
    const struct audit_tail *tail = &portal->audit_tail;
    if (!tail->transaction || tail->transaction != db_transaction(portal->db)) return false;
    end->id = tail->id;
    memcpy(end->hash, tail->hash, sizeof end->hash);
    return true;
}

static void keep_end(struct portal *portal, const struct audit_point *end)
{
    portal->audit_tail.transaction = db_transaction(portal->db);
    portal->audit_tail.id = end->id;
    memcpy(portal->audit_tail.hash, end->hash, sizeof end->hash);
}

/* Behind all rows, also those that somebody put there. */
static Error behind_all(struct portal *portal, const struct audit_point *end, int64_t *id)
{
    struct rows rows;
    int64_t newest = 0;
    Error error = db_select(portal->db, STMT_audit_newest_id, DB_NO_ARGS, &rows);
    if (error) return error;
    if (row_next(&rows)) newest = row_int(&rows, 0);
    *id = (end->id > newest ? end->id : newest) + 1;
    return rows_end(&rows);
}

/* Where the new row follows. A head that is gone or not ours is said, and the row follows nothing that could be there: people must
   still be able to sign in, and audit_verify tells it at this row from then on, whatever else is done to the store. */
static Error find_end(struct portal *portal, struct audit_point *end, int64_t *id)
{
    struct audit_marks marks;
    bool known = knows_end(portal, end);
    Error error = known ? OK : audit_marks_read(portal->db, portal->keys, &marks);
    if (error) return error;
    if (!known && marks.head.fits) *end = marks.head.point;
    *id = end->id + 1;
    if (known || marks.head.fits) return OK;
    log_line(LOG_ERROR, "the head of the audit is %s: run latchkey audit verify", marks.head.there ? "none of ours" : "gone");
    *end = (struct audit_point){0};
    memset(end->hash, 0xff, sizeof end->hash);
    return behind_all(portal, end, id);
}

static Error insert(struct portal *portal, const struct audit_row *row, int64_t *added)
{
    const struct audit_entry *entry = &row->entry;
    return db_run(portal->db, STMT_audit_add,
                  DB_ARGS(db_int(row->id), db_int(entry->at), db_text(entry->request_id), db_text(entry->actor),
                          db_text(entry->actor_id), db_text(entry->organization), db_text(entry->connection),
                          db_text(entry->user_id), db_text(entry->action), db_text(entry->outcome), db_text(entry->reason),
                          db_text(entry->peer), db_text(entry->fields), db_blob(row->salt), db_blob(row->seal),
                          db_blob(row->hash)), added);
}

/* *added 0: that id is somebody's. */
static Error add(struct portal *portal, const struct audit_entry *entry, const struct audit_point *end, struct audit_point *new_end,
                 int64_t *added)
{
    unsigned char salt[AUDIT_SALT], seal[SECRET_BYTES];
    struct audit_row row = {.id = new_end->id, .entry = columns_of(entry), .salt = {(const char *)salt, sizeof salt},
                            .seal = {(const char *)seal, sizeof seal}, .hash = {(const char *)new_end->hash, SECRET_BYTES}};
    crypto_random_fill(salt, sizeof salt);
    audit_seal(portal->keys, &row, seal);
    audit_hash(portal->keys, end, &row, new_end->hash);
    return insert(portal, &row, added);
}

Error audit_write(struct portal *portal, const struct audit_entry *entry)
{
    struct audit_point end, new_end;
    int64_t added = 0;
    if (!db_in_transaction(portal->db)) {
        log_line(LOG_ERROR, "an audit row outside a transaction was refused: %.*s", STR_ARGS(entry->action));
        return ERR_FAULT;
    }
    Error error = find_end(portal, &end, &new_end.id);
    if (!error) error = add(portal, entry, &end, &new_end, &added);
    if (!error && !added) {
        error = behind_all(portal, &end, &new_end.id);
        if (!error) error = add(portal, entry, &end, &new_end, &added);
    }
    if (!error && !added) error = ERR_FAULT;
    if (!error) error = audit_mark_put(portal->db, portal->keys, AUDIT_HEAD, &new_end);
    if (!error) keep_end(portal, &new_end);
    return error;
}

static Error select_rows(struct portal *portal, const struct audit_filter *filter, struct rows *rows)
{
    Value before = db_int(INT64_MAX), limit = db_int(filter->limit), organization = db_text(filter->organization);
    if (filter->user_id.p)
        return db_select(portal->db, STMT_audit_newest_of_person, DB_ARGS(before, limit, db_text(filter->user_id), organization), rows);
    if (filter->organization.p) return db_select(portal->db, STMT_audit_newest_of_organization, DB_ARGS(before, limit, organization), rows);
    return db_select(portal->db, STMT_audit_newest, DB_ARGS(before, limit), rows);
}

Error audit_read(struct portal *portal, const struct audit_filter *filter,
                 void (*each)(void *context, int64_t id, const struct audit_entry *), void *context)
{
    struct rows rows;
    Error error = select_rows(portal, filter, &rows);
    if (error) return error;
    while (row_next(&rows)) {
        struct audit_row row = audit_row_read(&rows);
        each(context, row.id, &row.entry);
    }
    return rows_end(&rows);
}
