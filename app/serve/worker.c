#include <errno.h>
#include <setjmp.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_memory.h"
#include "base/log.h"
#include "http/fcgi.h"
#include "page/exchange.h"
#include "serve/child.h"

enum {
    ARENA_LIMIT = 8 * 1024 * 1024,
    HASH_WAIT_MS = 10000,
    RETRY_AFTER_SECONDS = 2,
};

struct worker {
    const struct child_task *task;
    struct seat *seat;
    struct arena *arena;          /* the request's */
    struct portal portal;
    struct fcgi *fcgi;
    struct request request;
    struct reply reply;
    jmp_buf exhausted;
    bool spent;                   /* this process should be replaced by a new one */
};

static Error portal_begin(struct worker *worker)
{
    const struct child_task *task = worker->task;
    const struct generation *generation = task->generation;
    const struct options *options = &generation->options;
    int64_t wait_ms = options->request_seconds * 500;
    worker->portal = (struct portal){
        .options = options,
        .keys = generation->keys, .figures = &task->board->figures,
        .hashing = {.cost = options_hash_cost(options), .job_socket = generation->queue[1],
                    .slots = task->bench->waiting, .slot_count = (size_t)options->workers, .own_slot = task->seat,
                    .wait_ms = wait_ms < HASH_WAIT_MS ? (int)wait_ms : HASH_WAIT_MS, .decoy = generation->decoy},
    };
    const struct db_options db = {.url = options->database.p, .write_lock = &task->board->write_lock};
    Error error = db_open(&db, &worker->portal.db);
    return error ? error : portal_refresh(&worker->portal);
}

/* In a flood every reply may be a 503: that is how it is meant, and the log must not become the flood's second victim. */
static void log_failure(const struct worker *worker)
{
    int status = worker->reply.status;
    if (status < 500) return;
    if (status != 503) {
        log_line(LOG_ERROR, "answered %d to %.*s", status, STR_ARGS(worker->request.path));
        return;
    }
    int64_t count = bench_overload(worker->task->bench, clock_monotonic_ms());
    if (count)
        log_line(LOG_WARNING, "answered 503 to %lld requests since the last such line, at least a minute ago; just now to %.*s",
                 (long long)count, STR_ARGS(worker->request.path));
}

static void send_reply(struct worker *worker)
{
    Str head = reply_head(&worker->reply, worker->portal.options->https);
    bool headless = worker->request.method == METHOD_HEAD;
    log_failure(worker);
    int file = worker->reply.file;
    if (file < 0 || headless) fcgi_send(worker->fcgi, head, headless ? STR_NONE : worker->reply.body);
    else fcgi_send_file(worker->fcgi, head, file, worker->reply.file_size);
    if (file >= 0) close(file);
    worker->reply.file = -1;
}

/* Whatever the request had begun is left where it stood: nothing of it reaches the store, and this process, whose libraries may
   hold half a thing, answers no other one. */
static void give_up(struct worker *worker)
{
    log_line(LOG_ERROR, "the request needs more than %d bytes", ARENA_LIMIT);
    arena_on_exhausted(worker->arena, NULL);
    worker->spent = true;
    db_abandon(worker->portal.db);
    arena_wipe(worker->arena);
    worker->request = (struct request){.arena = worker->arena, .method = worker->request.method, .path = STR("/"),
                                       .raw_path = STR("/"), .refused = 503};
    reply_init(&worker->reply, worker->arena);
    page_answer(&worker->portal, worker->task->generation->view, &worker->request, &worker->reply);
    if (worker->reply.headers.n == 0) reply_retry_after(&worker->reply, 503, RETRY_AFTER_SECONDS);
    send_reply(worker);
}

static void answer(struct worker *worker)
{
    struct http_source source = fcgi_source(worker->fcgi);
    if (setjmp(worker->exhausted)) {
        give_up(worker);
        return;
    }
    arena_on_exhausted(worker->arena, &worker->exhausted);
    request_read(worker->arena, &source, &worker->request);
    log_request(worker->request.id);
    reply_init(&worker->reply, worker->arena);
    page_answer(&worker->portal, worker->task->generation->view, &worker->request, &worker->reply);
    send_reply(worker);
    if (db_in_transaction(worker->portal.db)) {
        log_line(LOG_ERROR, "a transaction was left open by %.*s", STR_ARGS(worker->request.path));
        db_abandon(worker->portal.db);
    }
}

static void serve(struct worker *worker)
{
    int64_t most = worker->portal.options->requests_per_worker;
    while (!worker->spent && !child_stopping && worker->seat->requests < most) {
        if (fcgi_wait(worker->fcgi)) return;
        /* From here on the supervisor watches: a peer that sends half a request would hold this process for ever. */
        int64_t begun = clock_monotonic_us();
        worker->seat->busy_since_ms = begun / 1000;
        if (fcgi_begin(worker->fcgi) == OK) {
            answer(worker);
            figures_count(worker->portal.figures, worker->reply.status, clock_monotonic_us() - begun);
        }
        worker->seat->requests++;
        log_request(STR_NONE);
        arena_wipe(worker->arena);
        portal_settle(&worker->portal);
        worker->seat->busy_since_ms = 0;
    }
}

static void worker_end(struct worker *worker)
{
    if (worker->fcgi) fcgi_close(worker->fcgi);
    portal_close(&worker->portal);
    db_close(worker->portal.db);
    arena_close(worker->arena);
}

int worker_run(const struct child_task *task)
{
    struct worker worker = {.task = task, .seat = &task->bench->seats[task->seat], .arena = arena_open(ARENA_LIMIT)};
    Error error = worker.arena ? OK : ERR_FAULT;
    if (!error) {
        json_memory_use(worker.arena);
        /* What it forks decodes pictures (picture/sandbox.h). */
        if (!keys_keep_from_children()) log_line(LOG_WARNING, "keys are not kept from processes that are forked: %s", strerror(errno));
        error = portal_begin(&worker);
    }
    if (!error) error = fcgi_open(task->listening_socket, &worker.fcgi);
    if (!error) {
        child_on_stop(fcgi_stop);
        worker.seat->ready = true;
        serve(&worker);
    }
    worker_end(&worker);
    return error ? 3 : 0;
}
