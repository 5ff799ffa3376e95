/* Words of purposes on pages, and what somebody said to them. */
#ifndef LATCHKEY_PAGE_CONSENT_H
#define LATCHKEY_PAGE_CONSENT_H

#include "account/consent.h"
#include "page/exchange.h"

/* In the page's language, else the portal's, else any; *spoken names it. STR_NONE: there are no words. */
Str consent_words(const struct exchange *, const json_t *texts, Str *spoken);
/* "You agreed on 5 January 2026." */
Str consent_said(struct exchange *, const struct consent_state *);
/* /privacy: each purpose with what was said and the way to say something else, and the history. */
MUST_USE Error consent_list(struct exchange *, struct part *content);

#endif
