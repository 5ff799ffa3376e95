#include "serve/crew.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum crew_role { ROLE_WORKER, ROLE_HASHER, ROLE_COURIER, ROLES };

enum { QUICK_MS = 1000, FIRST_DELAY_MS = 1000, LAST_DELAY_MS = 30000, TELL_EVERY_MS = 200 };

static const struct {
    const char *name, *process;   /* process: what ps and top show, cut at 15 bytes */
    int (*run)(const struct child_task *);
} roles[ROLES] = {
    [ROLE_WORKER] = {"worker", "latchkey-worker", worker_run},
    [ROLE_HASHER] = {"hasher", "latchkey-hasher", hasher_run},
    [ROLE_COURIER] = {"courier", "latchkey-courier", courier_run},
};

struct member {
    enum crew_role role;
    size_t seat;
    pid_t pid;                    /* 0: not running */
    int64_t started_ms, due_ms, delay_ms;
    bool died_quickly;
};

static void members_add(struct crew *crew, enum crew_role role, int64_t count, size_t first_seat)
{
    for (int64_t i = 0; i < count; i++)
        crew->members[crew->count++] = (struct member){.role = role, .seat = first_seat + (size_t)i};
}

void crew_init(struct crew *crew, struct generation *generation, struct board *board, struct bench *bench, int listening_socket)
{
    const struct options *options = &generation->options;
    size_t most = (size_t)(options->workers + options->hashers + 1);
    *crew = (struct crew){.generation = generation, .board = board, .bench = bench, .listening_socket = listening_socket,
                          .members = ARENA_ARRAY(generation->arena, struct member, most)};
    members_add(crew, ROLE_WORKER, options->workers, 0);
    members_add(crew, ROLE_HASHER, options->hashers, BOARD_WORKERS);
    members_add(crew, ROLE_COURIER, 1, BOARD_WORKERS + BOARD_HASHERS);
}

bool crew_exists(const struct crew *crew)
{
    return crew->members != NULL;
}

/* --- starting --- */

/* A process keeps its own end of the hashers' queue alone, so that each side notices when the other one is gone. */
static _Noreturn void member_run(const struct crew *crew, const struct member *member, pid_t supervisor)
{
    const int *queue = crew->generation->queue;
    const int keep[ROLES][3] = {
        [ROLE_WORKER] = {crew->listening_socket, queue[1], -1}, [ROLE_HASHER] = {queue[0], -1}, [ROLE_COURIER] = {-1}};
    const struct child_task task = {.generation = crew->generation, .board = crew->board, .bench = crew->bench,
                                    .seat = member->seat, .listening_socket = crew->listening_socket};
    child_begin(roles[member->role].process, keep[member->role], crew->generation->options.drain_seconds);
    /* Hashers see the end of their queue instead, after the last worker has had its answer. */
    if (member->role != ROLE_HASHER) child_end_with(supervisor);
    exit(roles[member->role].run(&task));
}

static void member_start(struct crew *crew, struct member *member, int64_t now_ms)
{
    pid_t supervisor = getpid();
    bench_clear(crew->bench, member->seat);
    pid_t pid = fork();
    if (pid == 0) member_run(crew, member, supervisor);
    if (pid < 0) {
        log_line(LOG_ERROR, "%s: fork: %s", roles[member->role].name, strerror(errno));
        member->due_ms = now_ms + FIRST_DELAY_MS;
        return;
    }
    member->pid = pid;
    member->started_ms = now_ms;
}

void crew_start(struct crew *crew, int64_t now_ms, bool courier)
{
    if (crew->leaving) return;
    for (struct member *member = crew->members; member < crew->members + crew->count; member++)
        if (member->pid == 0 && member->due_ms <= now_ms && (courier || member->role != ROLE_COURIER))
            member_start(crew, member, now_ms);
}

/* --- ending, wanted or not --- */

static void log_end(const struct crew *crew, const struct member *member, int status)
{
    const char *name = roles[member->role].name;
    if (WIFSIGNALED(status))
        log_line(crew->leaving ? LOG_WARNING : LOG_ERROR, "%s %d was ended by signal %d (%s)", name, (int)member->pid,
                 WTERMSIG(status), strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0)
        log_line(LOG_ERROR, "%s %d failed with code %d", name, (int)member->pid, WEXITSTATUS(status));
}

static void plan_restart(const struct crew *crew, struct member *member, int64_t now_ms)
{
    bool quickly = now_ms - member->started_ms < QUICK_MS && crew->bench->seats[member->seat].requests == 0;
    if (!quickly || !member->died_quickly) member->delay_ms = 0;
    else if (member->delay_ms == 0) member->delay_ms = FIRST_DELAY_MS;
    else if (member->delay_ms < LAST_DELAY_MS) member->delay_ms *= 2;
    if (member->delay_ms > LAST_DELAY_MS) member->delay_ms = LAST_DELAY_MS;
    member->died_quickly = quickly;
    member->due_ms = now_ms + member->delay_ms;
}

bool crew_reap(struct crew *crew, pid_t pid, int status, int64_t now_ms)
{
    for (struct member *member = crew->members; member < crew->members + crew->count; member++) {
        if (member->pid != pid) continue;
        log_end(crew, member, status);
        plan_restart(crew, member, now_ms);
        bench_clear(crew->bench, member->seat);
        member->pid = 0;
        return true;
    }
    return false;
}

void crew_watch(struct crew *crew, int64_t now_ms)
{
    int64_t most_ms = crew->generation->options.request_seconds * 1000;
    for (struct member *member = crew->members; member < crew->members + crew->count; member++) {
        int64_t since = crew->bench->seats[member->seat].busy_since_ms;
        if (member->role != ROLE_WORKER || member->pid == 0 || since == 0 || now_ms - since <= most_ms) continue;
        log_line(LOG_ERROR, "worker %d needs more than %lld s for a request and is ended", (int)member->pid,
                 (long long)crew->generation->options.request_seconds);
        kill(member->pid, SIGKILL);
    }
}

static bool has(const struct crew *crew, enum crew_role role)
{
    for (size_t i = 0; i < crew->count; i++)
        if (crew->members[i].role == role && crew->members[i].pid) return true;
    return false;
}

static void tell(const struct crew *crew, enum crew_role role, int signal)
{
    for (size_t i = 0; i < crew->count; i++)
        if (crew->members[i].role == role && crew->members[i].pid) kill(crew->members[i].pid, signal);
}

void crew_leave(struct crew *crew, int64_t now_ms)
{
    if (crew->leaving) return;
    crew->leaving = true;
    crew->leaving_since_ms = now_ms;
}

void crew_leave_step(struct crew *crew, int64_t now_ms)
{
    bool overdue = now_ms - crew->leaving_since_ms > crew->generation->options.drain_seconds * 1000;
    if (now_ms - crew->told_ms < TELL_EVERY_MS) return;
    crew->told_ms = now_ms;
    tell(crew, ROLE_WORKER, overdue ? SIGKILL : SIGTERM);
    tell(crew, ROLE_COURIER, overdue ? SIGKILL : SIGTERM);
    if (overdue || !has(crew, ROLE_WORKER)) tell(crew, ROLE_HASHER, overdue ? SIGKILL : SIGTERM);
}

/* --- asking --- */

bool crew_is_ready(const struct crew *crew)
{
    for (size_t i = 0; i < crew->count; i++)
        if (crew->members[i].role != ROLE_COURIER && !crew->bench->seats[crew->members[i].seat].ready) return false;
    return true;
}

bool crew_is_gone(const struct crew *crew)
{
    return !has(crew, ROLE_WORKER) && !has(crew, ROLE_HASHER) && !has(crew, ROLE_COURIER);
}

bool crew_has_courier(const struct crew *crew)
{
    return crew_exists(crew) && has(crew, ROLE_COURIER);
}

int64_t crew_next_start(const struct crew *crew)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < crew->count && !crew->leaving; i++)
        if (crew->members[i].pid == 0 && crew->members[i].due_ms < next) next = crew->members[i].due_ms;
    return next;
}

void crew_close(struct crew *crew)
{
    for (size_t seat = 0; seat < BOARD_SEATS; seat++)
        bench_clear(crew->bench, seat);
    generation_close(crew->generation);
    *crew = (struct crew){0};
}
