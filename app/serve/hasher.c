#include "account/hashing.h"

#include <sys/resource.h>

#include "serve/child.h"

enum { NICENESS = 5 };            /* pages come first */

int hasher_run(const struct child_task *task)
{
    /* Without the lower priority it works as well. */
    (void)!setpriority(PRIO_PROCESS, 0, NICENESS);
    task->bench->seats[task->seat].ready = true;
    hashing_serve(task->generation->queue[0], options_hash_cost(&task->generation->options), &child_stopping);
    return 0;
}
