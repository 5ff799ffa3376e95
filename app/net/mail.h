/* Mail on its way: by SMTP, one recipient an envelope, or into a folder. */
#ifndef LATCHKEY_MAIL_H
#define LATCHKEY_MAIL_H

#include "net/delivery.h"
#include "net/message.h"

struct mail_way {
    Str url;                      /* target.h */
    bool tls_required;
    Str ca_file, user, password;
};

enum { MAIL_SECONDS = 60 };

/* Begins; into a folder it ends here, too. `seconds`: at most so long, and never longer than MAIL_SECONDS. */
struct delivery mail_begin(struct transfers *, struct arena *, const struct mail_way *, const struct mail *, int64_t seconds);
/* What the end of the transfer means. An answer of 5xx refuses for good only once the recipient was named: before that it is
   about us, and ours to repair. One behind the message is about its words, so the address is not called bad for it. */
struct delivery mail_end(struct arena *, const struct transfer_result *);

#endif
