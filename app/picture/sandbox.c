#include "picture/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

enum { MEMORY_MB = 256, CPU_SECONDS = 3, NOT_LOCKED_IN = 97, PAGE_BYTES_LEAST = 4096 };

void *sandbox_memory(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory != MAP_FAILED) return memory;
    log_line(LOG_ERROR, "pictures: no memory to share: %s", strerror(errno));
    return NULL;
}

void sandbox_memory_end(void *memory, size_t bytes)
{
    if (memory) munmap(memory, bytes);
}

/* --- the child --- */

static bool limit(int resource, rlim_t most)
{
    return setrlimit(resource, &(struct rlimit){most, most}) == 0;
}

/* What the process has mapped by now; libraries alone are a good part of it. */
static bool mapped_bytes(rlim_t *out)
{
#ifdef SANITIZED                  /* the shadow memory alone is terabytes */
    *out = RLIM_INFINITY;
    return true;
#else
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    bool read = file && fscanf(file, "%lu", &pages) == 1;
    long bytes = sysconf(_SC_PAGESIZE);
    if (file) fclose(file);
    *out = (rlim_t)pages * (rlim_t)(bytes < PAGE_BYTES_LEAST ? PAGE_BYTES_LEAST : bytes) + (rlim_t)MEMORY_MB * 1024 * 1024;
    return read;
#endif
}

static bool allow(scmp_filter_ctx filter)
{
    static const int calls[] = {
        SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(rt_sigreturn),
        SCMP_SYS(clock_gettime), SCMP_SYS(exit), SCMP_SYS(exit_group),
        SCMP_SYS(sysinfo),        /* qsort of glibc 2.36 asks how much memory there is; libwebp sorts the transparent parts */
#ifdef SANITIZED                  /* its allocator's own */
        SCMP_SYS(gettid), SCMP_SYS(sched_yield), SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigprocmask),
#endif
    };
    const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    const struct scmp_arg_cmp no_file = SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0)) return false;
    return !seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, no_code, no_file) &&
           !seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code);
}

static bool lock_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    return filter && allow(filter) && seccomp_load(filter) == 0;
}

static bool close_all_but(int fd)
{
    bool below = fd == 0 || close_range(0, (unsigned)fd - 1, 0) == 0;
    return below && close_range((unsigned)fd + 1, ~0U, 0) == 0;
}

/* One arena: another one would be made by calls that are not allowed, just when memory runs out. */
static bool lock_in(int held)
{
    rlim_t memory = 0;
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(SIGTERM, &action, NULL);
    mallopt(M_ARENA_MAX, 1);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return false;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) || !mapped_bytes(&memory) || !close_all_but(held)) return false;
    return limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 0) &&
           limit(RLIMIT_CPU, CPU_SECONDS) && limit(RLIMIT_AS, memory) && lock_calls();
}

static _Noreturn void child(int held, void (*work)(void *context), void *context)
{
    if (!lock_in(held)) _exit(NOT_LOCKED_IN);
    work(context);
    _exit(0);
}

/* --- the parent --- */

/* The child holds the other end of the pipe until it ends, in whatever way. */
static bool wait_for_end(int fd, int most_ms)
{
    int64_t end = clock_monotonic_ms() + most_ms;
    for (;;) {
        int64_t left = end - clock_monotonic_ms();
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (left <= 0) return false;
        int ready = poll(&wait, 1, (int)left);
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

static enum sandbox_end end_of(int status, bool in_time)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return SANDBOX_DONE;
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_LOCKED_IN) {
        log_line(LOG_ERROR, "pictures: the process for decoding could not be locked in, so nothing was decoded");
        return SANDBOX_FAULT;
    }
    /* The hard limit of CPU time kills without a word. */
    bool killed = WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
    if (!in_time || killed) return SANDBOX_TOO_LONG;
    log_line(LOG_WARNING, "pictures: a decoder was ended by signal %d; it is likely that somebody tries something",
             WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    return SANDBOX_KILLED;
}

static enum sandbox_end watch(pid_t pid, int fd, int most_ms)
{
    int status = 0;
    bool in_time = wait_for_end(fd, most_ms);
    if (!in_time) kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return SANDBOX_FAULT;
    return end_of(status, in_time);
}

static enum sandbox_end fault(const char *what)
{
    log_line(LOG_ERROR, "pictures: %s: %s", what, strerror(errno));
    return SANDBOX_FAULT;
}

enum sandbox_end sandbox_run(void (*work)(void *context), void *context, int most_ms)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC)) return fault("no pipe");
    pid_t pid = fork();
    if (pid == 0) child(ends[1], work, context);
    close(ends[1]);
    enum sandbox_end end = pid < 0 ? fault("no process for decoding") : watch(pid, ends[0], most_ms);
    close(ends[0]);
    return end;
}
