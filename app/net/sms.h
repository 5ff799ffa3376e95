/* Short messages: through a gateway that takes {"to","text"} by POST, or into a folder. */
#ifndef LATCHKEY_SMS_H
#define LATCHKEY_SMS_H

#include "net/delivery.h"

enum { SMS_SECONDS = 15 };

struct sms {
    Str id, to, text;             /* to: E.164 */
};

struct delivery sms_begin(struct transfers *, struct arena *, Str url, const struct sms *, int64_t seconds);
/* 2xx: sent; 400 and 422: this message is refused; the rest is about us or the gateway. */
struct delivery sms_end(struct arena *, const struct transfer_result *);

#endif
