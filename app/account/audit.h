/* The audit: every act and every refusal is a row, written in the transaction of the act, chained so that nobody takes one out
   or rewrites one unnoticed. Rows never hold a value of a profile. Source: security.md N1 to N4.

   hash(n) = MAC(KEY_AUDIT, hash(n-1), id, at, request_id, actor, organization, connection, action, outcome, seal(n)), and
   seal(n) = MAC(KEY_AUDIT, salt(n), actor_id, user_id, reason, peer, fields), each part with its length. The setting audit_head
   holds id and hash of the newest row under a MAC, so that a tail that was cut off is noticed; audit_anchor likewise for the
   last row that retention took away, or from before there was a chain. Both are put once, when the chain begins (audit_begin),
   so that a store without one is a changed one; a file beside the key remembers how far the chain went
   (account/audit_memory.h). In a row without names (audit_forget) a mark, a MAC of its own over what is left, stands in the
   place of the salt and the seal stays: the chain holds, the row says who it was no more, and still nobody else can change
   it. */
#ifndef LATCHKEY_AUDIT_H
#define LATCHKEY_AUDIT_H

#include "account/portal.h"
#include "store/user_store.h"

/* Inside a transaction (else ERR_FAULT, logged): the chain has one writer at a time. Texts longer than 256 bytes are cut (at a
   character). */
MUST_USE Error audit_write(struct portal *, const struct audit_entry *);

/* The first start of a store: its chain begins here, behind the rows that an older version left, and that is remembered beside
   the key. Nothing to do, and said in the log, when an audit is remembered there already: this store was put in the place of
   another. `restored`: the operator put it there, so what is remembered does not count; audit_remember follows when the store
   is in its place. */
MUST_USE Error audit_begin(struct portal *, struct arena *, bool restored);
/* What is remembered beside the key is the end of this store's audit from now on, whatever it was. ERR_INVALID (logged): it has
   none. */
MUST_USE Error audit_remember(struct portal *, struct arena *);
/* The same when the place that is remembered is still in the chain; else the log says so and it stays. */
MUST_USE Error audit_keep_up(struct portal *, struct arena *);

struct audit_check {
    int64_t rows, forgotten;      /* rows looked at; of these without what names people */
    int64_t broken;               /* id of the first row that does not fit; 0: none */
    const char *problem;          /* what is wrong, in words; NULL: nothing */
    bool remembered;              /* how far the chain went was remembered beside the key, and it still goes there */
    Str head;                     /* "ID:HEX" of the newest row: kept elsewhere, it proves later that nothing before it was changed */
};
/* Walks the whole chain in bounded pieces, memory flat; when it is whole, its end is remembered. `since` (a head that was kept;
   STR_NONE: none) must still be in it. ERR_INVALID: broken; *out says where. */
MUST_USE Error audit_verify(struct portal *, struct arena *, Str since, struct audit_check *out);

/* Rows as they stand, the newest first: at most `limit`, one after the other to `each`, whose texts live until it returns. */
struct audit_filter {
    Str user_id, organization;    /* STR_NONE: any */
    int64_t limit;
};
MUST_USE Error audit_read(struct portal *, const struct audit_filter *, void (*each)(void *context, int64_t id, const struct audit_entry *),
                          void *context);

/* What names that person goes from every row about them or by them: user_id and actor_id become `pseudonym`, peer and reason
   empty, the salt a mark. Inside a transaction; at most 500 rows a call. *more: call again. */
MUST_USE Error audit_forget(struct portal *, struct arena *, Str user_id, Str pseudonym, bool *more);
/* Takes away rows older than `before` from the beginning of the chain, at most 500; *more: call again. Own transaction, with an
   audit row. ERR_INVALID (logged): one of them was changed; nothing is taken away. */
MUST_USE Error audit_retire(struct portal *, const struct visit *, int64_t before, bool *more);

#endif
