/* The queue of writers: one mutex in memory that all processes share. It is fair and wakes at once, where the engine's own waiting
   sleeps. Robust: when its owner dies, the next one goes on (the engine has rolled back what the dead one left). */
#ifndef LATCHKEY_WRITE_LOCK_H
#define LATCHKEY_WRITE_LOCK_H

#include <pthread.h>
#include <stdint.h>
#include "base/error.h"

/* `lock` lies in memory shared by the processes (mmap, MAP_SHARED), made before they fork. */
MUST_USE Error write_lock_init(pthread_mutex_t *lock);
/* ERR_BUSY after wait_ms. NULL: there is no queue, OK. */
MUST_USE Error write_lock_take(pthread_mutex_t *lock, int64_t wait_ms);
void write_lock_give(pthread_mutex_t *lock);

#endif
