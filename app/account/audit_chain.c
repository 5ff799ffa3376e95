/* The chain as a whole: looked through from its anchor to its head. */
#include "account/audit.h"
#include "account/audit_memory.h"
#include "base/encode.h"

struct walk {
    struct portal *portal;
    struct audit_check *out;
    bool begun;                   /* `last` is known */
    struct audit_point last;      /* what the next row has to follow */
    int64_t seen;                 /* the row looked at last */
    struct kept {                 /* places that have to be in the chain */
        bool open;                /* and was not found yet */
        struct audit_point point;
        const char *other, *gone; /* problems */
    } since, memory;
};

static Error broken(struct walk *walk, int64_t id, const char *problem)
{
    walk->out->broken = id;
    walk->out->problem = problem;
    return ERR_INVALID;
}

static Error pass(struct walk *walk, struct kept *kept, Str hash)
{
    if (!kept->open || kept->point.id != walk->last.id) return OK;
    if (!audit_point_is(&kept->point, hash)) return broken(walk, walk->last.id, kept->other);
    kept->open = false;
    return OK;
}

static Error pass_kept(struct walk *walk)
{
    Str hash = {(const char *)walk->last.hash, SECRET_BYTES};
    Error error = pass(walk, &walk->since, hash);
    return error ? error : pass(walk, &walk->memory, hash);
}

/* Rows from before there was a chain stand before its beginning, and nothing stands before a beginning that retention moved. */
static Error check_older(struct walk *walk, const struct audit_row *row)
{
    if (audit_row_is_older(row, &walk->last)) return OK;
    return broken(walk, row->id, "it stands before the place where the chain begins");
}

static Error check_row(struct walk *walk, const struct audit_row *row)
{
    struct audit_point next = {.id = row->id};
    walk->out->rows++;
    walk->seen = row->id;
    if (row->id <= walk->last.id) return check_older(walk, row);
    audit_hash(walk->portal->keys, &walk->last, row, next.hash);
    if (!audit_point_is(&next, row->hash)) return broken(walk, row->id, "it was changed, or it does not follow the row before it");
    const char *flaw = audit_row_flaw(walk->portal->keys, row);
    if (flaw) return broken(walk, row->id, flaw);
    if (row->salt.n == SECRET_BYTES) walk->out->forgotten++;
    walk->last = next;
    return pass_kept(walk);
}

static Error check_rows(struct walk *walk, size_t *count)
{
    struct rows rows;
    Error error = db_select(walk->portal->db, STMT_audit_chain, DB_ARGS(db_int(walk->seen), db_int(AUDIT_PIECE)), &rows);
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
    if (!anchor->there) return broken(walk, walk->last.id + 1, "the mark of where the chain begins, before this row, is gone");
    if (!anchor->fits) return broken(walk, walk->last.id + 1, "the mark of where the chain begins, before this row, was changed");
    if (walk->begun && anchor->point.id <= walk->last.id) return OK;
    if (walk->since.open && walk->since.point.id < anchor->point.id)
        return broken(walk, walk->since.point.id, "retention took away the row that was kept as the head: keep a newer one");
    if (walk->memory.point.id < anchor->point.id) walk->memory.open = false;
    walk->last = anchor->point;
    walk->begun = true;
    return pass_kept(walk);
}

static Error check_head(struct walk *walk, const struct audit_mark *head)
{
    const struct audit_point *last = &walk->last;
    if (!head->there) return broken(walk, last->id, "the head, which has to name the last row, is gone");
    if (!head->fits) return broken(walk, last->id, "the head, which has to name the last row, was changed");
    if (head->point.id > last->id) return broken(walk, last->id + 1, "the rows from here on are gone");
    if (head->point.id < last->id) return broken(walk, head->point.id + 1, "the head names the row before this one");
    if (!audit_point_is(&head->point, (Str){(const char *)last->hash, SECRET_BYTES}))
        return broken(walk, last->id, "the head names another row than this");
    return OK;
}

static Error check_end(struct walk *walk, struct arena *arena, const struct audit_mark *head)
{
    Error error = check_head(walk, head);
    if (!error && walk->since.open) error = broken(walk, walk->last.id + 1, walk->since.gone);
    if (!error && walk->memory.open) error = broken(walk, walk->last.id + 1, walk->memory.gone);
    if (error || audit_point_is_beginning(&walk->last)) return error;
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

static Error check_pieces(struct walk *walk, struct arena *arena)
{
    bool more = true;
    while (more) {
        Error error = db_read_begin(walk->portal->db);
        if (error) return error;
        error = check_piece(walk, arena, &more);
        db_read_end(walk->portal->db);
        if (error) return error;
    }
    return OK;
}

Error audit_verify(struct portal *portal, struct arena *arena, Str since, struct audit_check *out)
{
    struct audit_mark memory;
    struct walk walk = {
        .portal = portal, .out = out, .seen = INT64_MIN,
        .since = {.open = since.p != NULL, .other = "it is another row than the one that was kept as the head",
                  .gone = "the rows up to the head that was kept are gone"},
        .memory = {.other = "it is another row than the one that is remembered beside the key",
                   .gone = "the rows up to the one that is remembered beside the key are gone"},
    };
    *out = (struct audit_check){0};
    if (since.p && !audit_point_parse(since, &walk.since.point)) return broken(&walk, 0, "the head that was kept is not ID:HEX");
    Error error = audit_memory_read(portal, arena, &memory);
    walk.memory.open = memory.fits;
    walk.memory.point = memory.point;
    if (!error) error = check_pieces(&walk, arena);
    if (!error && memory.there && !memory.fits) error = broken(&walk, 0, "what is remembered beside the key was changed, or another key wrote it");
    if (error) return error;
    out->remembered = memory.there;
    /* The answer stands without it; the log says why it failed. */
    (void)!audit_memory_put(portal, arena, &walk.last);
    return OK;
}
