/* What becomes of a message that is sent. */
#ifndef LATCHKEY_DELIVERY_H
#define LATCHKEY_DELIVERY_H

#include "net/curl.h"

enum delivery_state {
    DELIVERY_UNDER_WAY,
    DELIVERY_SENT,                /* somebody else has taken charge of it */
    DELIVERY_LATER,               /* another try may help */
    DELIVERY_NEVER                /* this recipient, or this message, is refused for good */
};

struct delivery {
    enum delivery_state state;
    bool refused;                 /* DELIVERY_NEVER: there is no such recipient, says their server */
    Str words;                    /* why not, in our own words; a server's text may hold anything */
    struct transfer *transfer;    /* of one under way; closed when it ends */
};

#endif
