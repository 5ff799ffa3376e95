#include "serve/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_memory.h"
#include "base/log.h"
#include "serve/crew.h"
#include "serve/listener.h"
#include "serve/notify.h"
#include "serve/privileges.h"

enum { CODE_DONE = 0, CODE_INVALID = 1, CODE_FAULT = 3 };
enum { WATCH_EVERY_MS = 1000, STEP_EVERY_MS = 50, COMING_EVERY_MS = 5, COMING_AT_MOST_MS = 15000 };

struct supervisor {
    const char *config_file;
    struct listener listener;
    struct board *board;
    struct crew crews[2];
    int front;                    /* the crew that serves; the other one comes, goes or does not exist */
    bool announced;               /* the first generation is ready and systemd knows it */
    bool reload, stopping;
    int64_t coming_since_ms;      /* when the youngest generation began */
    sigset_t signals;
};

static struct crew *front_of(struct supervisor *supervisor)
{
    return &supervisor->crews[supervisor->front];
}

static struct crew *other_of(struct supervisor *supervisor)
{
    return &supervisor->crews[1 - supervisor->front];
}

/* --- generations --- */

static void log_problems(const struct problems *problems)
{
    for (const struct problem *problem = problems->first; problem; problem = problem->next)
        log_line(LOG_ERROR, "%.*s: %.*s", STR_ARGS(problem->place), STR_ARGS(problem->message));
}

/* Everything that can be wrong is found out here, before anything that runs is touched. */
static Error read_generation(const char *config_file, struct generation **out)
{
    struct arena *arena = arena_open(0);
    if (!arena) return ERR_FAULT;
    struct problems problems = {.arena = arena};
    Error error = generation_read(arena, config_file, &problems, out);
    log_problems(&problems);
    return error;
}

static void crew_begin(struct supervisor *supervisor, int which, struct generation *generation)
{
    supervisor->coming_since_ms = clock_monotonic_ms();
    crew_init(&supervisor->crews[which], generation, supervisor->board, &supervisor->board->benches[which],
              supervisor->listener.fd);
}

static void reload(struct supervisor *supervisor)
{
    struct generation *generation = NULL;
    supervisor->reload = false;
    notify_reloading();
    Error error = read_generation(supervisor->config_file, &generation);
    if (!error) error = generation_prepare(generation);
    if (error) {
        log_line(LOG_ERROR, "not reloaded: what ran before goes on");
        generation_close(generation);
        notify_ready();
        return;
    }
    if (!str_eq(generation->options.socket, front_of(supervisor)->generation->options.socket))
        log_line(LOG_WARNING, "socket: another one is opened at the next start, not by a reload");
    crew_begin(supervisor, 1 - supervisor->front, generation);
}

/* The new generation takes over when all of it works; the old one answered until then. */
static void follow(struct supervisor *supervisor, int64_t now_ms)
{
    struct crew *coming = other_of(supervisor);
    if (crew_is_ready(coming)) {
        crew_leave(front_of(supervisor), now_ms);
        supervisor->front = 1 - supervisor->front;
        log_line(LOG_INFO, "reloaded");
        notify_ready();
    } else if (now_ms - supervisor->coming_since_ms > COMING_AT_MOST_MS) {
        crew_leave(coming, now_ms);
        log_line(LOG_ERROR, "not reloaded: the new workers do not start; what ran before goes on");
        notify_ready();
    }
}

static void announce(struct supervisor *supervisor)
{
    if (supervisor->announced || !crew_is_ready(front_of(supervisor))) return;
    const struct options *options = &front_of(supervisor)->generation->options;
    supervisor->announced = true;
    log_line(LOG_INFO, "ready: %s, %lld workers, %lld hashers", options->public_url.p, (long long)options->workers,
             (long long)options->hashers);
    notify_ready();
}

/* --- the loop --- */

static void stop(struct supervisor *supervisor, int64_t now_ms)
{
    for (int i = 0; i < 2; i++)
        if (crew_exists(&supervisor->crews[i])) crew_leave(&supervisor->crews[i], now_ms);
}

static bool is_coming(struct supervisor *supervisor)
{
    return crew_exists(other_of(supervisor)) && !other_of(supervisor)->leaving;
}

static void step_crew(struct supervisor *supervisor, struct crew *crew, int64_t now_ms)
{
    const struct crew *other = crew == front_of(supervisor) ? other_of(supervisor) : front_of(supervisor);
    if (!crew_exists(crew)) return;
    crew_start(crew, now_ms, crew == front_of(supervisor) && !crew_has_courier(other));
    crew_watch(crew, now_ms);
    if (crew->leaving) crew_leave_step(crew, now_ms);
    if (crew->leaving && crew_is_gone(crew)) crew_close(crew);
}

/* One round of everything that is due. */
static void step(struct supervisor *supervisor)
{
    int64_t now_ms = clock_monotonic_ms();
    if (supervisor->stopping) stop(supervisor, now_ms);
    else if (supervisor->reload && !crew_exists(other_of(supervisor))) reload(supervisor);
    for (int i = 0; i < 2; i++)
        step_crew(supervisor, &supervisor->crews[i], now_ms);
    if (supervisor->stopping) return;
    announce(supervisor);
    if (is_coming(supervisor)) follow(supervisor, now_ms);
    notify_alive();
}

static int64_t wait_ms(struct supervisor *supervisor)
{
    int64_t wait = WATCH_EVERY_MS;
    if (crew_exists(other_of(supervisor)) || supervisor->stopping) wait = STEP_EVERY_MS;
    bool coming = !supervisor->announced || is_coming(supervisor);
    if (coming && !supervisor->stopping && clock_monotonic_ms() - supervisor->coming_since_ms <= COMING_AT_MOST_MS)
        wait = COMING_EVERY_MS;
    for (int i = 0; i < 2; i++) {
        int64_t due = crew_next_start(&supervisor->crews[i]);
        int64_t left = due == INT64_MAX ? wait : due - clock_monotonic_ms();
        if (left < wait) wait = left > 0 ? left : 0;
    }
    return wait;
}

static void reap(struct supervisor *supervisor)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        int64_t now_ms = clock_monotonic_ms();
        if (!crew_reap(&supervisor->crews[0], pid, status, now_ms)) crew_reap(&supervisor->crews[1], pid, status, now_ms);
    }
}

static void take_signal(struct supervisor *supervisor, int signal)
{
    if (signal == SIGHUP) supervisor->reload = true;
    if ((signal != SIGTERM && signal != SIGINT) || supervisor->stopping) return;
    supervisor->stopping = true;
    listener_remove(&supervisor->listener);
    log_line(LOG_INFO, "stopping");
    notify_stopping();
}

/* Waits for a signal or for what is due, then takes all signals that are there. */
static void wait_for_signals(struct supervisor *supervisor)
{
    int64_t wait = wait_ms(supervisor);
    struct timespec time = {.tv_sec = wait / 1000, .tv_nsec = wait % 1000 * 1000000};
    for (int signal; (signal = sigtimedwait(&supervisor->signals, NULL, &time)) > 0; time = (struct timespec){0})
        take_signal(supervisor, signal);
    reap(supervisor);
}

static void run(struct supervisor *supervisor)
{
    for (;;) {
        step(supervisor);
        if (supervisor->stopping && !crew_exists(&supervisor->crews[0]) && !crew_exists(&supervisor->crews[1])) return;
        wait_for_signals(supervisor);
    }
}

/* --- beginning and end --- */

/* Children inherit the mask and open it again; until then nothing is lost. */
static void signals_begin(struct supervisor *supervisor)
{
    static const int waited_for[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP};
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigemptyset(&supervisor->signals);
    for (size_t i = 0; i < sizeof waited_for / sizeof *waited_for; i++) {
        sigaddset(&supervisor->signals, waited_for[i]);
        sigaction(waited_for[i], &action, NULL);
    }
    sigprocmask(SIG_BLOCK, &supervisor->signals, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

/* The keys lie in this process, too: they must not get into a core file. Children harden themselves further (child_begin). */
static Error harden(void)
{
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) return OK;
    log_line(LOG_ERROR, "the supervisor cannot be hardened: %s", strerror(errno));
    return ERR_FAULT;
}

/* Root binds the socket; everything after that, files too, is done and made as the user who serves. */
static Error begin(struct supervisor *supervisor, struct generation **out)
{
    Error error = crypto_start();
    if (!error) error = read_generation(supervisor->config_file, out);
    if (error) return error;
    struct generation *generation = *out;
    const struct options *options = &generation->options;
    error = listener_open(generation->arena, options, &supervisor->listener);
    if (!error) error = privileges_drop(generation->arena, options->user);
    if (!error) error = harden();
    if (!error) error = generation_prepare(generation);
    if (!error) error = board_open(&supervisor->board);
    if (!error) crew_begin(supervisor, 0, generation);
    return error;
}

static int code_of(Error error)
{
    if (error == OK) return CODE_DONE;
    return error == ERR_FAULT || error == ERR_BUSY ? CODE_FAULT : CODE_INVALID;
}

int supervisor_run(const char *config_file)
{
    struct supervisor supervisor = {.config_file = config_file, .listener = {.fd = -1, .lock = -1}};
    struct generation *generation = NULL;
    umask(0077);
    signals_begin(&supervisor);
    Error error = begin(&supervisor, &generation);
    if (error) generation_close(generation);
    else run(&supervisor);
    listener_remove(&supervisor.listener);
    if (supervisor.listener.fd >= 0) close(supervisor.listener.fd);
    board_close(supervisor.board);
    return code_of(error);
}
