/* How often proofs may be asked for: nobody's mailbox or phone is flooded, by whatever accounts, and from no network too many. */
#ifndef LATCHKEY_PROVING_LIMIT_H
#define LATCHKEY_PROVING_LIMIT_H

#include "account/proving.h"

struct proof_limit {
    struct portal *portal;
    const struct visit *visit;
    const struct proof_kind *kind;
    int64_t account;
    Str destination;              /* the form under which the value is unique */
};

/* Whether a message may go there at all: mail anywhere, codes to the countries of `sms_countries`. */
bool proof_limit_reaches(const struct options *, const struct proof_kind *, Str value);
/* Inside a transaction. *seconds 0: it may be sent, and is counted. */
MUST_USE Error proof_limit_take(const struct proof_limit *, int64_t *seconds);
/* How long until it may be sent; counts nothing. */
MUST_USE Error proof_limit_look(const struct proof_limit *, int64_t *seconds);

#endif
