#include "serve/child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

enum { OPEN_FILES = 256 };

volatile int child_stopping;
static void (*stop_also)(void);
static unsigned seconds_left;     /* from SIGTERM to SIGALRM, which ends the process */

static void stop(int signal)
{
    (void)signal;
    if (!child_stopping) alarm(seconds_left);
    child_stopping = 1;
    if (stop_also) stop_also();
}

static void signals_begin(void)
{
    static const int defaults[] = {SIGALRM, SIGCHLD, SIGUSR1, SIGUSR2};
    static const int ignored[] = {SIGHUP, SIGINT, SIGPIPE};      /* a terminal's: the supervisor decides what comes of them */
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t none;
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        sigaction(defaults[i], &action, NULL);
    action.sa_handler = SIG_IGN;
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        sigaction(ignored[i], &action, NULL);
    action.sa_handler = stop;
    sigaction(SIGTERM, &action, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

void child_on_stop(void (*also)(void))
{
    const struct sigaction action = {.sa_handler = stop, .sa_flags = SA_RESTART};
    stop_also = also;
    sigaction(SIGTERM, &action, NULL);
}

static bool is_kept(int fd, const int *keep)
{
    for (; *keep >= 0; keep++)
        if (*keep == fd) return true;
    return false;
}

static void close_others(const int *keep)
{
    int highest = STDERR_FILENO;
    for (const int *fd = keep; *fd >= 0; fd++)
        if (*fd > highest) highest = *fd;
    for (int fd = STDERR_FILENO + 1; fd <= highest; fd++)
        if (!is_kept(fd, keep)) close(fd);
    closefrom(highest + 1);
}

static bool limit(int resource, rlim_t most)
{
    return setrlimit(resource, &(struct rlimit){most, most}) == 0;
}

static bool harden(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return false;
#ifndef SANITIZED                 /* the leak checker traces its own process */
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)) return false;
#endif
    return limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, OPEN_FILES);
}

void child_begin(const char *name, const int *keep, int64_t drain_seconds)
{
    seconds_left = (unsigned)drain_seconds + 1;
    close_others(keep);
    signals_begin();
    prctl(PR_SET_NAME, name, 0, 0, 0);
    if (harden()) return;
    log_line(LOG_ERROR, "%s: cannot be hardened: %s", name, strerror(errno));
    exit(3);
}

void child_end_with(pid_t supervisor)
{
    if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) || getppid() != supervisor) exit(0);
}
