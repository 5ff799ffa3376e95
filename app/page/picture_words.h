/* What a page that takes a file says about it: the same for a person's picture and an organization's mark. */
#ifndef LATCHKEY_PICTURE_WORDS_H
#define LATCHKEY_PICTURE_WORDS_H

#include "account/picture.h"
#include "page/exchange.h"

/* The file of a multipart form; STR_NONE: the name is not there, or is no file's. */
Str picture_sent(const struct form *, const char *name);
/* What is wrong with it, and the status that goes with it. */
const char *picture_fault_words(enum picture_fault);
int picture_fault_status(enum picture_fault);

#endif
