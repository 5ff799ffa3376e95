#include <poll.h>
#include <signal.h>
#include <time.h>

#include "account/artefact.h"
#include "account/audit.h"
#include "account/clock_watch.h"
#include "account/deletion.h"
#include "account/erase.h"
#include "account/member_index.h"
#include "account/picture.h"
#include "account/retention.h"
#include "account/throttle.h"
#include "base/clock.h"
#include "base/json_memory.h"
#include "base/log.h"
#include "serve/packer.h"
#include "serve/sender.h"

/* Chores that no request should wait for, each in steps of one short transaction, so that writers never wait long either. */

enum {
    SWEPT_AT_ONCE = 500,          /* rows that one step of a sweep removes (store/stmts.def) */
    MENDED_AT_ONCE = 100,         /* members whose row one step makes anew */
};

struct courier {
    struct db *db;
    struct portal portal;         /* its directory is read when a chore needs it */
    struct arena *arena;          /* of one step */
    struct packer *packer;
    struct clock_watch clock;
    struct throttle_walk throttle;  /* how far they were swept */
    int64_t artefact;
};

struct chore {
    const char *name;
    int64_t every_ms;
    Error (*step)(struct courier *, bool *more);   /* *more: another step finds work at once */
    bool final;                   /* cannot be undone: not while the clock is in doubt */
};

static Error watch_clock(struct courier *courier, bool *more)
{
    return clock_watch_look(&courier->clock, courier->db, courier->portal.options, clock_now(), clock_running_ms(), more);
}

static Error checkpoint(struct courier *courier, bool *more)
{
    (void)more;
    return db_checkpoint(courier->db);
}

static Error sweep(const struct courier *courier, enum statement statement, bool *more)
{
    struct db *db = courier->db;
    int64_t swept = 0;
    Error error = db_begin(db);
    if (error) return error;
    error = db_run(db, statement, DB_ARGS(db_int(clock_now())), &swept);
    if (error) db_rollback(db);
    else error = db_commit(db);
    *more = !error && swept >= SWEPT_AT_ONCE;
    return error;
}

static Error sweep_sessions(struct courier *courier, bool *more)
{
    return sweep(courier, STMT_session_sweep, more);
}

static Error sweep_throttle(struct courier *courier, bool *more)
{
    return throttle_sweep(courier->db, clock_now(), &courier->throttle, more);
}

static Error sweep_proofs(struct courier *courier, bool *more)
{
    return artefact_sweep(courier->db, clock_now(), &courier->artefact, more);
}

static Error expire_messages(struct courier *courier, bool *more)
{
    return sweep(courier, STMT_outbox_expire, more);
}

static Error sweep_messages(struct courier *courier, bool *more)
{
    return sweep(courier, STMT_outbox_sweep, more);
}

static struct visit enter(struct courier *courier, struct arena **before)
{
    *before = json_memory_use(courier->arena);
    return (struct visit){.arena = courier->arena, .now = clock_now(), .request_id = STR(""), .peer = STR(""), .user_agent = STR(""),
                          .actor_id = STR("courier")};
}

static void leave(struct courier *courier, struct arena *before)
{
    json_memory_use(before);
    portal_settle(&courier->portal);
    arena_wipe(courier->arena);
}

static Error with_portal(struct courier *courier, Error (*act)(struct portal *, const struct visit *, bool *more), bool *more)
{
    struct arena *before;
    const struct visit visit = enter(courier, &before);
    Error error = portal_refresh(&courier->portal);
    if (!error) error = act(&courier->portal, &visit, more);
    leave(courier, before);
    return error;
}

static Error with_packer(struct courier *courier, Error (*act)(struct packer *, const struct visit *, bool *more), bool *more)
{
    struct arena *before;
    const struct visit visit = enter(courier, &before);
    Error error = portal_refresh(&courier->portal);
    if (!error) error = act(courier->packer, &visit, more);
    leave(courier, before);
    return error;
}

static Error mend_some(struct portal *portal, const struct visit *visit, bool *more)
{
    return member_index_mend(portal, visit, MENDED_AT_ONCE, more);
}

static Error mend_lists(struct courier *courier, bool *more)
{
    return with_portal(courier, mend_some, more);
}

static Error erase_accounts(struct courier *courier, bool *more)
{
    return with_portal(courier, erase_step, more);
}

static Error remind_of_deletion(struct courier *courier, bool *more)
{
    return with_portal(courier, deletion_remind, more);
}

static Error remove_pictures(struct courier *courier, bool *more)
{
    return with_portal(courier, picture_sweep, more);
}

static Error make_exports(struct courier *courier, bool *more)
{
    return with_packer(courier, packer_step, more);
}

static Error sweep_exports(struct courier *courier, bool *more)
{
    return with_packer(courier, packer_sweep, more);
}

static Error retire_activity(struct courier *courier, bool *more)
{
    return with_portal(courier, retention_activity, more);
}

static Error keep_up(struct portal *portal, const struct visit *visit, bool *more)
{
    *more = false;
    return audit_keep_up(portal, visit->arena);
}

static Error remember_audit(struct courier *courier, bool *more)
{
    return with_portal(courier, keep_up, more);
}

static Error drop_unproven(struct courier *courier, bool *more)
{
    return with_portal(courier, retention_unproven, more);
}

static const struct chore chores[] = {
    {"the clock", 1000, watch_clock, false},
    {"checkpoint", 1000, checkpoint, false},
    {"lists of members", 1000, mend_lists, false},
    {"accounts to be erased", 1000, erase_accounts, true},
    {"reminders before the end", 60000, remind_of_deletion, true},
    {"pictures nobody has any more", 1000, remove_pictures, false},
    {"copies of people's data", 500, make_exports, false},
    {"copies past their time", 60000, sweep_exports, false},
    {"ended sessions", 60000, sweep_sessions, false},
    {"throttle counters", 60000, sweep_throttle, false},
    {"expired proofs", 60000, sweep_proofs, true},
    {"messages past their time", 60000, expire_messages, true},
    {"messages long done", 600000, sweep_messages, false},
    {"how far the audit goes", 60000, remember_audit, false},
    {"accounts never confirmed", 600000, drop_unproven, true},
    {"old activity", 3600000, retire_activity, true},
};
enum { CHORES = sizeof chores / sizeof *chores, STEP_AFTER_MORE_MS = 20 };

/* A chore that failed is tried again at its next time: busy is normal, a fault was logged where it was found. */
static int64_t run_chore(const struct chore *chore, struct courier *courier)
{
    bool more = false, waits = chore->final && clock_watch_doubts(&courier->clock, clock_running_ms());
    Error error = waits ? OK : chore->step(courier, &more);
    if (error && error != ERR_BUSY) log_line(LOG_WARNING, "courier: %s failed", chore->name);
    return clock_monotonic_ms() + (more ? STEP_AFTER_MORE_MS : chore->every_ms);
}

enum {
    LOOK_EVERY_MS = 500,          /* for new messages */
    SLICE_MS = 100,               /* of waiting for servers, between chores */
    LAST_MS = 2000,
};

/* Runs what is due and tells when the next is. */
static int64_t run_due(struct courier *courier, int64_t due[CHORES])
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < CHORES && !child_stopping; i++) {
        if (due[i] <= clock_monotonic_ms()) due[i] = run_chore(&chores[i], courier);
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

static void work(struct courier *courier, struct sender *sender)
{
    int64_t due[CHORES] = {0};
    sigset_t term, open;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, &open);
    while (!child_stopping) {
        int64_t next = run_due(courier, due);
        bool more = sender_round(sender, true, SLICE_MS) || sender_is_busy(sender);
        int64_t look = clock_monotonic_ms() + (more ? 0 : LOOK_EVERY_MS);
        wait_until(look < next ? look : next, &open);
    }
    let_end(sender);
}

static Error courier_open(const struct child_task *task, struct arena *arena, struct courier *out)
{
    const struct generation *generation = task->generation;
    const struct db_options options = {.url = generation->options.database.p, .write_lock = &task->board->write_lock,
                                       .checkpoints = true};
    Error error = db_open(&options, &out->db);
    if (error) return error;
    out->portal = (struct portal){.options = &generation->options, .db = out->db, .keys = generation->keys, .hashing.job_socket = -1};
    out->arena = arena;
    return OK;
}

int courier_run(const struct child_task *task)
{
    struct courier courier = {.db = NULL};
    struct sender *sender = NULL;
    struct arena *arena = arena_open(0), *steps = arena_open(0);
    Error error = arena && steps ? courier_open(task, steps, &courier) : ERR_FAULT;
    if (!error) error = packer_open(arena, &courier.portal, task->generation->view, &courier.packer);
    if (!error) error = sender_open(arena, task->generation, courier.db, &sender);
    if (!error) {
        task->bench->seats[task->seat].ready = true;
        work(&courier, sender);
    }
    sender_close(sender);
    packer_close(courier.packer);
    portal_close(&courier.portal);
    db_close(courier.db);
    arena_close(steps);
    arena_close(arena);
    return error ? 3 : 0;
}
