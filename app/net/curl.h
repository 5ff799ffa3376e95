/* The one door to libcurl. Transfers run side by side while their caller goes on with other work. None outlives its time, follows
   a redirect or a proxy of the environment, or speaks a protocol that was not named; TLS always checks the certificate and the
   name in it. Texts that reach a protocol line are refused with control characters in them: libcurl leaves that to its callers. */
#ifndef LATCHKEY_CURL_H
#define LATCHKEY_CURL_H

#include "base/arena.h"

struct transfers;                 /* those of one process */
struct transfer;

struct smtp_wish {
    Str url;                      /* smtp://host:port or smtps://host:port */
    bool tls_required;            /* smtp:// only: STARTTLS or nothing is sent */
    Str ca_file;                  /* certificates to trust instead of the system's; empty: the system's */
    Str user, password;           /* empty: none */
    Str from, to;                 /* addresses of the envelope, ASCII */
    Str message;                  /* lasts as long as the transfer */
    int64_t total_seconds;
};

struct http_wish {
    Str url;                      /* https://; http:// for this machine alone */
    Str body;                     /* STR_NONE: GET; else POST of JSON */
    int64_t total_seconds;
    size_t most;                  /* bytes of the reply; a longer one is broken off */
};

enum transfer_end {
    TRANSFER_ANSWERED,            /* the server's last word is `status` */
    TRANSFER_UNREACHABLE, TRANSFER_TIMED_OUT,
    TRANSFER_NOT_TRUSTED,         /* no TLS, or not with the one who was meant */
    TRANSFER_BROKEN               /* cut off, or not to be understood */
};
struct transfer_result {
    enum transfer_end end;
    long status;                  /* SMTP or HTTP; 0: none */
    bool recipient_named, message_begun;   /* SMTP: what a refusal is about: before both it is us, then the recipient, then the message */
    Str body;                     /* HTTP */
};

MUST_USE Error transfers_open(struct arena *, struct transfers **out);
void transfers_close(struct transfers *);         /* NULL is fine; its transfers are closed before */

/* ERR_INVALID: a part of the wish cannot be sent. The transfer lives in `arena`, until transfer_close. */
MUST_USE Error transfer_smtp(struct transfers *, struct arena *, const struct smtp_wish *, struct transfer **out);
MUST_USE Error transfer_http(struct transfers *, struct arena *, const struct http_wish *, struct transfer **out);
void transfer_close(struct transfer *);           /* one under way is cut off */
bool transfer_ended(const struct transfer *, struct transfer_result *out);
/* Goes on with all of them, waiting at most so long for something to do. */
void transfers_run(struct transfers *, int wait_ms);

/* One request, waited for. */
MUST_USE Error http_ask(struct arena *, const struct http_wish *, struct transfer_result *out);

#endif
