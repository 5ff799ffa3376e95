/* A person's own data as one ZIP file: asked for on a page, built by the courier, kept for a day. Source: security.md L6, L7. */
#ifndef LATCHKEY_EXPORT_H
#define LATCHKEY_EXPORT_H

#include "account/portal.h"

struct export {
    int64_t id, account;
    Str public_id, language;
    Str state;                    /* queued, building, ready, failed */
    int64_t done;                 /* per cent */
    int64_t size;                 /* bytes; 0: not ready */
    int64_t created_at, ready_at, expires_at;
};

/* Own transaction. *retry_after above 0: one was asked for less than an hour ago (seconds); one that is under way or ready counts. */
MUST_USE Error export_ask(struct portal *, const struct visit *, const struct user *, Str language, int64_t *retry_after);
/* The newest one of the account. ERR_NOT_FOUND: none that is not expired. */
MUST_USE Error export_latest(struct portal *, const struct visit *, int64_t account, struct export *out);
/* The file of one that is ready and the account's own; audited. ERR_NOT_FOUND: none. *path is for reading it at once. */
MUST_USE Error export_file(struct portal *, const struct visit *, const struct user *, Str public_id, Str *path);
/* Inside a transaction: no row of the account stays; the courier removes files that no row stands for. */
MUST_USE Error export_drop(struct portal *, const struct visit *, int64_t account);

#endif
