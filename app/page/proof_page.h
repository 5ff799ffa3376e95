/* The page of a value that changes by proof: the e-mail address, the phone number. The same frame, each with its own words. */
#ifndef LATCHKEY_PROOF_PAGE_H
#define LATCHKEY_PROOF_PAGE_H

#include "account/proving.h"
#include "page/exchange.h"

struct proof_page {
    const struct proof_kind *kind;
    const char *path;             /* "/email": its own; /resend and /cancel stand below it */
    const char *code_path;        /* where the code is entered; NULL: a link is sent */
    const char *input;            /* type, mode and autofill token of the control */
    const char *title, *lead, *now, *verify, *pending, *resend, *change, *add, *label, *help, *send, *trouble;
    const char *trouble_text, *trouble_ask;   /* the second names {ADDRESS} */
    const char *sent;             /* what the notice says after asking; names {VALUE} */
};

extern const struct proof_page email_page, phone_page;

/* The page, with `typed` in the control. */
Error proof_page_show(struct exchange *, const struct proof_page *);
/* Asks for a proof of what the form's field holds, and leads to `sent_way`. */
Error proof_page_save(struct exchange *, const struct proof_page *, Str sent_way);
Error proof_page_resend(struct exchange *, const struct proof_page *, Str sent_way);
Error proof_page_cancel(struct exchange *, const struct proof_page *);
/* The same page after a refusal: with its status, its words, and what was typed. */
Error proof_page_refused(struct exchange *, const struct proof_page *, const Step *);
/* The words and, for the script, the seconds until it may be asked for again; nothing when it may be now. */
void proof_page_wait(struct exchange *, struct part *, int64_t seconds);

#endif
