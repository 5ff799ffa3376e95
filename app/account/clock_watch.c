#include "account/clock_watch.h"

#include <inttypes.h>

#include "account/artefact.h"
#include "base/log.h"

enum {
    AN_ALARM = 60, A_LEAP = 3600, A_LONG_REST = 86400, DOUBT_MS = 3600 * 1000,
    STORED_EVERY = 60,
    ENDED_AT_ONCE = 500,          /* rows of a step of each statement below */
};

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

/* What the store says of the time before the program began: how long it rested nobody knows, so only a long rest is doubted. */
static Error begin(struct clock_watch *watch, struct db *db, int64_t now, int64_t running_ms)
{
    Error error = read_highest(watch, db);
    if (error) return error;
    if (watch->highest && now - watch->highest > A_LONG_REST) doubt(watch, now - watch->highest, running_ms);
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
    if (now < watch->highest) watch->owed = watch->highest;
    else watch->highest = now;
}

static Error end_some(struct clock_watch *watch, struct db *db, const struct options *options, int64_t now, bool *more)
{
    const struct {
        enum statement statement;
        int64_t first, second;
        size_t size;
    } steps[] = {
        {STMT_session_end_as_of, watch->owed, watch->owed - options->session_idle_seconds, 2},
        {STMT_session_seen_by, now, 0, 1},
        {STMT_invitation_end_as_of, watch->owed, 0, 1},
    };
    Error error = artefact_sweep(db, watch->owed, &watch->proofs, more);
    for (size_t i = 0; !error && i < sizeof steps / sizeof *steps; i++) {
        const Value args[] = {db_int(steps[i].first), db_int(steps[i].second)};
        int64_t ended = 0;
        error = db_run(db, steps[i].statement, args, steps[i].size, &ended);
        if (ended >= ENDED_AT_ONCE) *more = true;
    }
    return error;
}

/* When all is ended the clock's own time counts again. */
static Error pay(struct clock_watch *watch, struct db *db, const struct options *options, int64_t now, bool *more)
{
    Error error = db_begin(db);
    if (error) return error;
    error = end_some(watch, db, options, now, more);
    if (!error && !*more) error = db_run(db, STMT_clock_put, DB_ARGS(db_int(now)), NULL);
    if (error) db_rollback(db);
    else error = db_commit(db);
    if (error || *more) return error;
    watch->owed = 0;
    watch->highest = watch->stored = now;
    return OK;
}

bool clock_watch_doubts(const struct clock_watch *watch, int64_t running_ms)
{
    return running_ms < watch->doubted_until_ms;
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
