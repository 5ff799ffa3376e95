/* Pages in an organization's look: everything below /o/NAME/, and what a mail of its flow leads to. */
#ifndef LATCHKEY_BRAND_H
#define LATCHKEY_BRAND_H

#include "page/exchange.h"

/* Takes on the look of the organization that the path of the exchange's route names, if it names one; on pages of somebody who is
   signed in, the one that they chose to see. ERR_NOT_FOUND: there is no such organization. */
MUST_USE Error brand_enter(struct exchange *);
/* The membership whose look somebody chose for their own pages (cookie `look`), of those that came with the session. NULL: none, or
   it does not count any more. */
const struct membership *brand_worn(const struct exchange *);
/* Name, mark, style sheet and support address in the frame of every page. */
void brand_frame(struct exchange *, struct page *);
/* What the organization says at a place (account/look.h): sections HEADING and HELP, or HAS_NO_HEADING. */
void brand_words(struct exchange *, struct part *content, const char *place);
/* The same path in the look's flow. */
Str brand_path(struct exchange *, const char *path);

#endif
