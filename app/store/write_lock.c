#include "store/write_lock.h"

#include <errno.h>
#include <time.h>

#include "base/log.h"

Error write_lock_init(pthread_mutex_t *lock)
{
    pthread_mutexattr_t kind;
    if (pthread_mutexattr_init(&kind) != 0) return ERR_FAULT;
    int failed = pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
    if (!failed) failed = pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
    if (!failed) failed = pthread_mutex_init(lock, &kind);
    pthread_mutexattr_destroy(&kind);
    if (!failed) return OK;
    log_line(LOG_ERROR, "the queue of writers could not be made (error %d)", failed);
    return ERR_FAULT;
}

static struct timespec deadline_after(int64_t wait_ms)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += wait_ms / 1000;
    at.tv_nsec += wait_ms % 1000 * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    return at;
}

Error write_lock_take(pthread_mutex_t *lock, int64_t wait_ms)
{
    if (!lock) return OK;
    int failed = pthread_mutex_trylock(lock);
    if (failed == EBUSY) {
        /* The monotonic clock, so that a clock that jumps neither ends the wait nor makes it endless. */
        struct timespec deadline = deadline_after(wait_ms);
        failed = pthread_mutex_clocklock(lock, CLOCK_MONOTONIC, &deadline);
    }
    if (failed == EOWNERDEAD) {
        log_line(LOG_WARNING, "a process died while it wrote; its transaction is rolled back");
        failed = pthread_mutex_consistent(lock);
    }
    if (!failed) return OK;
    if (failed == ETIMEDOUT) return ERR_BUSY;
    log_line(LOG_ERROR, "the queue of writers is broken (error %d)", failed);
    return ERR_FAULT;
}

void write_lock_give(pthread_mutex_t *lock)
{
    if (lock) pthread_mutex_unlock(lock);
}
