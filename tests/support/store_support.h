/* Stores for tests: in memory, or in a folder of their own. Everything here fails the running test when it cannot be had. */
#ifndef LATCHKEY_STORE_SUPPORT_H
#define LATCHKEY_STORE_SUPPORT_H

#include "model/user.h"
#include "store/db.h"

struct store_place {
    char folder[128], file[160];
};
void store_place_make(struct store_place *);
void store_place_remove(struct store_place *);               /* with all that lies in it */
void store_migrate(const struct store_place *);              /* makes the store's file */
struct db *store_open(const struct store_place *, pthread_mutex_t *write_lock);
struct db *store_open_memory(void);
pthread_mutex_t *store_lock(void);                           /* shared with children of this process */

void store_do(struct db *, enum statement, const Value *args, size_t count);
int64_t store_int(struct db *, enum statement, const Value *args, size_t count);   /* the first column; -1: no row */
int64_t store_count(struct db *, const char *sql);           /* any SQL with one number as its result */

/* What the operator decides of `values` (an object of fields and values) over `profile`; the decision must allow it. */
const struct decided *store_decide(struct arena *, const struct fields *, const json_t *profile, const char *values);
/* Silence about errors that a test provokes; between the two, what is logged can be searched. */
void log_catch(void);
bool log_caught(const char *words);                          /* and ends the silence */

#endif
