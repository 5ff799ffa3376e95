/* The chain begins once in a store: from then on it has an anchor and a head, and their absence is noticed. */
#include "account/audit.h"
#include "account/audit_memory.h"
#include "base/log.h"

static Error find_older(struct portal *portal, struct audit_point *beginning, bool *chained)
{
    struct rows rows;
    *beginning = (struct audit_point){0};
    *chained = false;
    Error error = db_select(portal->db, STMT_audit_older, DB_NO_ARGS, &rows);
    if (error) return error;
    if (row_next(&rows)) {
        beginning->id = row_int(&rows, 0);
        *chained = row_int(&rows, 1) != 0;
    }
    return rows_end(&rows);
}

/* A version of this program that knew no beginning may have left a chain: it keeps the ends it has, and none is made up for it. */
static Error put_ends(struct portal *portal, const struct audit_marks *marks)
{
    struct audit_point beginning;
    bool chained = false;
    Error error = find_older(portal, &beginning, &chained);
    if (!error && !marks->anchor.there) error = audit_mark_put(portal->db, portal->keys, AUDIT_ANCHOR, &beginning);
    if (!error && !marks->head.there && !chained) error = audit_mark_put(portal->db, portal->keys, AUDIT_HEAD, &beginning);
    if (!error) error = db_run(portal->db, STMT_audit_begun, DB_NO_ARGS, NULL);
    if (!error && beginning.id)
        log_line(LOG_WARNING, "rows of the audit up to %lld are from before there was a chain: nothing proves them", (long long)beginning.id);
    return error;
}

/* *begun: by this call. */
static Error begin_inside(struct portal *portal, struct arena *arena, bool restored, bool *begun)
{
    struct audit_marks marks;
    struct audit_mark memory = {0};
    Error error = audit_marks_read(portal->db, portal->keys, &marks);
    if (error || !marks.due) return error;
    if (!restored) error = audit_memory_read(portal, arena, &memory);
    if (error) return error;
    if (memory.there) {
        log_line(LOG_ERROR, "the store knows no audit, but one is remembered beside the key, so none is begun: run latchkey audit verify");
        return OK;
    }
    *begun = true;
    return put_ends(portal, &marks);
}

Error audit_begin(struct portal *portal, struct arena *arena, bool restored)
{
    struct audit_marks marks;
    bool begun = false;
    Error error = audit_marks_read(portal->db, portal->keys, &marks);
    if (error || !marks.due) return error;
    error = db_begin(portal->db);
    if (error) return error;
    error = portal_end(portal, true, begin_inside(portal, arena, restored, &begun));
    /* Where it cannot be written it has been logged, and is tried again every minute. */
    if (!error && !restored && begun && audit_remember(portal, arena)) log_line(LOG_WARNING, "nothing outside the store remembers the audit yet");
    return error;
}
