/* The chain as a whole: looked through from its anchor to its head. */
#include "account/audit.h"
#include "account/audit_row.h"
#include "base/encode.h"

struct walk {
    struct portal *portal;
    struct audit_check *out;
    struct audit_point last;      /* the row looked at last; all zeros: none */
    bool chained;                 /* `last` is a link: every row from here on has to be one */
    struct audit_point kept;      /* the head that was kept; id 0: none, or it was found */
};

static Error broken(struct walk *walk, int64_t id, const char *problem)
{
    walk->out->broken = id;
    walk->out->problem = problem;
    return ERR_INVALID;
}

static bool same_hash(const struct audit_point *point, Str hash)
{
    return crypto_equal((Str){(const char *)point->hash, SECRET_BYTES}, hash);
}

static Error check_kept(struct walk *walk, int64_t id, Str hash)
{
    if (walk->kept.id != id) return OK;
    if (!same_hash(&walk->kept, hash)) return broken(walk, id, "it is another row than the one that was kept as the head");
    walk->kept.id = 0;
    return OK;
}

/* Rows from before there was a chain stand before all others. */
static Error check_row(struct walk *walk, const struct audit_row *row)
{
    struct audit_point next = {.id = row->id};
    walk->out->rows++;
    if (audit_row_is_older(row) && !walk->chained) {
        walk->last.id = row->id;
        return OK;
    }
    audit_hash(walk->portal->keys, &walk->last, row, next.hash);
    if (!same_hash(&next, row->hash)) return broken(walk, row->id, "it was changed, or it does not follow the row before it");
    const char *flaw = audit_row_flaw(walk->portal->keys, row);
    if (flaw) return broken(walk, row->id, flaw);
    if (row->salt.n == SECRET_BYTES) walk->out->forgotten++;
    walk->last = next;
    walk->chained = true;
    return check_kept(walk, row->id, row->hash);
}

static Error check_rows(struct walk *walk, size_t *count)
{
    struct rows rows;
    Error error = db_select(walk->portal->db, STMT_audit_chain, DB_ARGS(db_int(walk->last.id), db_int(AUDIT_PIECE)), &rows);
    if (error) return error;
    Error bad = OK;
    for (*count = 0; !bad && row_next(&rows); ++*count) {
        struct audit_row row = audit_row_read(&rows);
        bad = check_row(walk, &row);
    }
    error = rows_end(&rows);
    return error ? error : bad;
}

/* Retention may have taken rows away while others were looked at. */
static Error check_anchor(struct walk *walk, const struct audit_mark *anchor)
{
    if (!anchor->there) return OK;
    if (!anchor->fits) return broken(walk, walk->last.id + 1, "the mark of what retention took away was changed");
    if (anchor->point.id <= walk->last.id) return OK;
    if (walk->kept.id && walk->kept.id < anchor->point.id)
        return broken(walk, walk->kept.id, "retention took away the row that was kept as the head: keep a newer one");
    walk->last = anchor->point;
    walk->chained = true;
    return check_kept(walk, anchor->point.id, (Str){(const char *)anchor->point.hash, SECRET_BYTES});
}

static Error check_head(struct walk *walk, const struct audit_mark *head)
{
    const struct audit_point *last = &walk->last;
    if (!head->there && !walk->chained) return OK;
    if (!head->there) return broken(walk, last->id, "the head, which has to name this row, is gone");
    if (!head->fits) return broken(walk, last->id, "the head, which has to name this row, was changed");
    if (head->point.id > last->id) return broken(walk, last->id + 1, "the rows from here on are gone");
    if (head->point.id < last->id) return broken(walk, head->point.id + 1, "the head names the row before this one");
    if (!same_hash(&head->point, (Str){(const char *)last->hash, SECRET_BYTES}))
        return broken(walk, last->id, "the head names another row than this");
    return OK;
}

static Error check_end(struct walk *walk, struct arena *arena, const struct audit_mark *head)
{
    Error error = check_head(walk, head);
    if (!error && walk->kept.id) error = broken(walk, walk->last.id + 1, "the rows up to the head that was kept are gone");
    if (error || !walk->chained) return error;
    Str hex = hex_encode(arena, (Str){(const char *)walk->last.hash, SECRET_BYTES});
    walk->out->head = arena_print(arena, "%lld:%.*s", (long long)walk->last.id, STR_ARGS(hex));
    return OK;
}

static Error check_piece(struct walk *walk, struct arena *arena, bool *more)
{
    struct audit_marks marks;
    size_t count = 0;
    Error error = audit_marks_read(walk->portal->db, walk->portal->keys, &marks);
    if (!error) error = check_anchor(walk, &marks.anchor);
    if (!error) error = check_rows(walk, &count);
    *more = count == AUDIT_PIECE;
    return error || *more ? error : check_end(walk, arena, &marks.head);
}

Error audit_verify(struct portal *portal, struct arena *arena, Str since, struct audit_check *out)
{
    struct walk walk = {.portal = portal, .out = out};
    *out = (struct audit_check){0};
    if (since.p && !audit_point_parse(since, &walk.kept)) return broken(&walk, 0, "the head that was kept is not ID:HEX");
    bool more = true;
    while (more) {
        Error error = db_read_begin(portal->db);
        if (error) return error;
        error = check_piece(&walk, arena, &more);
        db_read_end(portal->db);
        if (error) return error;
    }
    return OK;
}
