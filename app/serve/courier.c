#include <poll.h>
#include <signal.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "serve/sender.h"

/* Chores that no request should wait for, each in steps of one short transaction, so that writers never wait long either. */

enum { SWEPT_AT_ONCE = 500 };     /* rows that one step of a sweep removes (store/stmts.def) */

struct chore {
    const char *name;
    int64_t every_ms;
    Error (*step)(struct db *, bool *more);   /* *more: another step finds work at once */
};

static Error checkpoint(struct db *db, bool *more)
{
    (void)more;
    return db_checkpoint(db);
}

static Error sweep(struct db *db, enum statement statement, bool *more)
{
    int64_t swept = 0;
    Error error = db_begin(db);
    if (error) return error;
    error = db_run(db, statement, DB_ARGS(db_int(clock_now())), &swept);
    if (error) db_rollback(db);
    else error = db_commit(db);
    *more = !error && swept >= SWEPT_AT_ONCE;
    return error;
}

static Error sweep_sessions(struct db *db, bool *more)
{
    return sweep(db, STMT_session_sweep, more);
}

static Error sweep_throttle(struct db *db, bool *more)
{
    return sweep(db, STMT_throttle_sweep, more);
}

static Error sweep_proofs(struct db *db, bool *more)
{
    return sweep(db, STMT_artefact_sweep, more);
}

static Error expire_messages(struct db *db, bool *more)
{
    return sweep(db, STMT_outbox_expire, more);
}

static Error sweep_messages(struct db *db, bool *more)
{
    return sweep(db, STMT_outbox_sweep, more);
}

static const struct chore chores[] = {
    {"checkpoint", 1000, checkpoint},
    {"ended sessions", 60000, sweep_sessions},
    {"throttle counters", 60000, sweep_throttle},
    {"expired proofs", 60000, sweep_proofs},
    {"messages past their time", 60000, expire_messages},
    {"messages long done", 600000, sweep_messages},
};
enum { CHORES = sizeof chores / sizeof *chores, STEP_AFTER_MORE_MS = 20 };

/* A chore that failed is tried again at its next time: busy is normal, a fault was logged where it was found. */
static int64_t run_chore(const struct chore *chore, struct db *db)
{
    bool more = false;
    Error error = chore->step(db, &more);
    if (error && error != ERR_BUSY) log_line(LOG_WARNING, "courier: %s failed", chore->name);
    return clock_monotonic_ms() + (more ? STEP_AFTER_MORE_MS : chore->every_ms);
}

enum {
    LOOK_EVERY_MS = 500,          /* for new messages */
    SLICE_MS = 100,               /* of waiting for servers, between chores */
    LAST_MS = 2000,
};

/* Runs what is due and tells when the next is. */
static int64_t run_due(struct db *db, int64_t due[CHORES])
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < CHORES && !child_stopping; i++) {
        if (due[i] <= clock_monotonic_ms()) due[i] = run_chore(&chores[i], db);
        if (due[i] < next) next = due[i];
    }
    return next;
}

/* Waits with SIGTERM let in by the wait alone, so that none is slept through. */
static void wait_until(int64_t when, const sigset_t *open)
{
    int64_t left = when - clock_monotonic_ms();
    if (left < 1) left = 1;
    struct timespec time = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
    (void)!ppoll(NULL, 0, &time, open);
}

/* What is under way when the program stops has a moment to end, so that it need not be sent a second time. */
static void let_end(struct sender *sender)
{
    int64_t end = clock_monotonic_ms() + LAST_MS;
    while (sender_is_busy(sender) && clock_monotonic_ms() < end) (void)sender_round(sender, false, SLICE_MS);
}

static void work(struct db *db, struct sender *sender)
{
    int64_t due[CHORES] = {0};
    sigset_t term, open;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, &open);
    while (!child_stopping) {
        int64_t next = run_due(db, due);
        bool more = sender_round(sender, true, SLICE_MS) || sender_is_busy(sender);
        int64_t look = clock_monotonic_ms() + (more ? 0 : LOOK_EVERY_MS);
        wait_until(look < next ? look : next, &open);
    }
    let_end(sender);
}

int courier_run(const struct child_task *task)
{
    struct db *db = NULL;
    struct sender *sender = NULL;
    struct arena *arena = arena_open(0);
    const struct db_options options = {.url = task->generation->options.database.p, .write_lock = &task->board->write_lock,
                                       .checkpoints = true};
    Error error = arena ? db_open(&options, &db) : ERR_FAULT;
    if (!error) error = sender_open(arena, task->generation, db, &sender);
    if (!error) {
        task->bench->seats[task->seat].ready = true;
        work(db, sender);
    }
    sender_close(sender);
    db_close(db);
    arena_close(arena);
    return error ? 3 : 0;
}
