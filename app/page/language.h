/* The language of a page: what the person chose (?lang=, then the cookie it left), what the browser asks for, the profile's
   locale, the portal's default. */
#ifndef LATCHKEY_LANGUAGE_H
#define LATCHKEY_LANGUAGE_H

#include "page/exchange.h"

/* Sets exchange->language; a choice by ?lang= is kept in a cookie for a year. */
void language_choose(struct exchange *);
/* The page `here` (way_here) in another language: for links. */
Str language_link(struct exchange *, Str here, Str code);

#endif
