#include "account/clock_watch.h"

#include <inttypes.h>

#include "account/artefact.h"
#include "base/log.h"

enum {
    AN_ALARM = 60, A_LEAP = 3600, DOUBT_MS = 3600 * 1000,
    A_CORRECTION = 2,             /* seconds back that time servers may take without anybody noticing */
    STORED_EVERY = 60,
    ENDED_AT_ONCE = 500,          /* rows of a step of each statement below */
    TABLES = 3,                   /* that are gone through one after the other; artefacts come last */
};

bool clock_watch_doubts(const struct clock_watch *watch, int64_t running_ms)
{
    return !watch->highest || running_ms < watch->doubted_until_ms;
}

static Error read_highest(struct clock_watch *watch, struct db *db)
{
    struct rows rows;
    Error error = db_select(db, STMT_clock_get, DB_NO_ARGS, &rows);
    if (error) return error;
    if (row_next(&rows)) watch->highest = watch->stored = row_int(&rows, 0);
    return rows_end(&rows);
}

static Error store_highest(struct clock_watch *watch, struct db *db)
{
    Error error = db_run(db, STMT_clock_put, DB_ARGS(db_int(watch->highest)), NULL);
    if (!error) watch->stored = watch->highest;
    return error;
}

static void doubt(struct clock_watch *watch, int64_t seconds, int64_t running_ms)
{
    log_line(LOG_WARNING, "the clock leapt %" PRId64 " seconds ahead: for an hour nothing is erased or given up", seconds);
    watch->doubted_until_ms = running_ms + DOUBT_MS;
}

/* What the store says of the time before the program began: how long it rested nobody knows, so a long rest is doubted, too, and so is
   again what was doubted then. */
static Error begin(struct clock_watch *watch, struct db *db, int64_t now, int64_t running_ms)
{
    Error error = read_highest(watch, db);
    if (error) return error;
    if (watch->highest && now - watch->highest > A_LEAP) doubt(watch, now - watch->highest, running_ms);
    watch->wall = watch->highest > now ? watch->highest : now;
    watch->running_ms = running_ms;
    if (!watch->highest) watch->highest = now;
    return OK;
}

static void compare(struct clock_watch *watch, int64_t now, int64_t running_ms)
{
    int64_t off = now - watch->wall - (running_ms - watch->running_ms) / 1000;
    watch->wall = now;
    watch->running_ms = running_ms;
    if (off > AN_ALARM && off <= A_LEAP) log_line(LOG_WARNING, "the clock was set %" PRId64 " seconds ahead", off);
    if (off > A_LEAP) doubt(watch, off, running_ms);
    if (off < -AN_ALARM) log_line(LOG_WARNING, "the clock was set %" PRId64 " seconds back: what had ended stays ended", -off);
    if (off < -A_LEAP) watch->doubted_until_ms = 0;
    if (now < watch->highest - A_CORRECTION) watch->owed = watch->highest;
    else if (off < -AN_ALARM) watch->owed = now;          /* set right: what was made meanwhile must not last until then */
    else if (now > watch->highest && !clock_watch_doubts(watch, running_ms)) watch->highest = now;
}

/* One step of one table; *done: nothing of that table is left. */
static Error end_some(struct clock_watch *watch, struct db *db, const struct options *options, int64_t now, bool *done)
{
    const struct {
        enum statement statement;
        int64_t first, second;
        size_t size;
    } tables[TABLES] = {
        {STMT_session_end_as_of, watch->owed, watch->owed - options->session_idle_seconds, 2},
        {STMT_session_seen_by, now, now + options->session_seconds, 2},
        {STMT_invitation_end_as_of, watch->owed, 0, 1},
    };
    bool more = false;
    int64_t ended = 0;
    if (watch->table == TABLES) {
        Error error = artefact_sweep(db, watch->owed, &watch->proofs, &more);
        *done = !more;
        return error;
    }
    const Value args[] = {db_int(tables[watch->table].first), db_int(tables[watch->table].second)};
    Error error = db_run(db, tables[watch->table].statement, args, tables[watch->table].size, &ended);
    *done = ended < ENDED_AT_ONCE;
    return error;
}

/* When all is ended the clock's own time counts again. */
static Error pay(struct clock_watch *watch, struct db *db, const struct options *options, int64_t now, bool *more)
{
    bool done = false;
    Error error = db_begin(db);
    if (error) return error;
    error = end_some(watch, db, options, now, &done);
    *more = !done || watch->table < TABLES;
    if (!error && !*more) error = db_run(db, STMT_clock_put, DB_ARGS(db_int(now)), NULL);
    if (error) db_rollback(db);
    else error = db_commit(db);
    if (error) return error;
    if (done) watch->table++;
    if (*more) return OK;
    watch->owed = 0;
    watch->table = 0;
    watch->highest = watch->stored = now;
    return OK;
}

Error clock_watch_look(struct clock_watch *watch, struct db *db, const struct options *options, int64_t now, int64_t running_ms, bool *more)
{
    *more = false;
    Error error = watch->highest ? OK : begin(watch, db, now, running_ms);
    if (error) return error;
    compare(watch, now, running_ms);
    if (watch->owed) return pay(watch, db, options, now, more);
    bool due = watch->highest - watch->stored >= STORED_EVERY && !clock_watch_doubts(watch, running_ms);
    return due ? store_highest(watch, db) : OK;
}
