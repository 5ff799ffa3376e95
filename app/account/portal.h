/* What account operations work with: one portal a process, one visit a request. */
#ifndef LATCHKEY_PORTAL_H
#define LATCHKEY_PORTAL_H

#include "account/crypto.h"
#include "account/hashing.h"
#include "model/user.h"
#include "options.h"
#include "store/db.h"

/* The end of the audit's chain as the open transaction has left it (account/audit.c alone). */
struct audit_tail {
    int64_t transaction;          /* db_transaction; 0: not known */
    int64_t id;
    unsigned char hash[SECRET_BYTES];
};

struct portal {
    const struct options *options;
    struct db *db;
    const struct keys *keys;
    struct hashing hashing;
    struct figures *figures;      /* account/figures.h; NULL: nobody counts */
    struct audit_tail audit_tail;
    struct directory directory;   /* kept fresh by portal_refresh */
    struct arena *directory_arena;
    struct arena *retired[4];     /* directories before: verdicts of the running request may still point into them */
};

/* Who asks, and when. `actor_id` is a user_id, "cli:root" …: what the audit row says. */
struct visit {
    struct arena *arena;
    int64_t now;
    Str request_id, peer, user_agent;
    Str actor_id;
    Str organization;             /* a desk's organization; STR_NONE otherwise */
    Str reason;                   /* a desk's, for its audit rows; STR_NONE otherwise */
    Str device;                   /* the known-device cookie, as it came; STR_NONE: none */
};

/* Between two requests: gives back what the last one may still have pointed at. */
void portal_settle(struct portal *);
/* Reads the directory again when the store's generation is another one. Outside or inside a transaction. ERR_BUSY: it changed more
   often during one request than there is room for. */
MUST_USE Error portal_refresh(struct portal *);
void portal_close(struct portal *);               /* its directory; the database connection is the opener's */

/* One transaction (*own), or the one that is open already: whoever opened that ends it. */
MUST_USE Error portal_join(struct portal *, bool *own);
/* The end of an act: its own transaction is committed, or taken back after an error, which it gives on. */
MUST_USE Error portal_end(struct portal *, bool own, Error);

#endif
