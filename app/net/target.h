/* Where messages go, as the configuration says it: smtp://host:port, smtps://host:port, https://…, dir:PATH. */
#ifndef LATCHKEY_TARGET_H
#define LATCHKEY_TARGET_H

#include "base/str.h"

struct target {
    enum target_kind { TARGET_SMTP, TARGET_HTTP, TARGET_FOLDER } kind;
    Str folder;                   /* of dir: */
};

/* False: nothing that could be reached safely. http:// is for localhost and 127.0.0.1 alone; a name and password have no place
   in an address. */
MUST_USE bool target_read(Str text, struct target *out);
bool target_is_mail(Str text);                   /* smtp, smtps, dir */
bool target_is_sms(Str text);                    /* https, http, dir */

/* An address that can stand in an envelope or a header as it is: printable ASCII, one @ with something on both sides, nothing that
   ends or opens a path, at most 254 bytes. */
bool target_address_is(Str address);
/* "Example <no-reply@example.com>" or the bare address; the name may be empty, and may stand in quotes. */
struct mailbox {
    Str name, address;
};
MUST_USE bool mailbox_read(Str text, struct mailbox *out);

#endif
