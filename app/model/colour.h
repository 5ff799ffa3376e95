/* Colours that an operator gives an organization, and the rest of a look, derived from them so that everything stays readable:
   pure functions. Source: WCAG 2.2, relative luminance and contrast ratio; look.md "Tokens". */
#ifndef LATCHKEY_COLOUR_H
#define LATCHKEY_COLOUR_H

#include "base/arena.h"

typedef struct Colour {
    uint8_t red, green, blue;
} Colour;

/* "#0a5c36" in small letters, as an organization's branding holds it; anything else is false. */
MUST_USE bool colour_read(Str, Colour *out);
double colour_luminance(Colour);                  /* 0 black, 1 white */
double colour_contrast(Colour, Colour);           /* 1 to 21 */
/* Black or white, whichever stands out more: always at least 4.5:1. */
Colour colour_text_on(Colour background);
/* `per_cent` of the second, the rest of the first. */
Colour colour_mix(Colour, Colour, int per_cent);
/* The colour, darkened (or lightened) as little as is needed for that contrast to every one of the backgrounds; all the way, if
   less does not do. */
Colour colour_darkened(Colour, const Colour *backgrounds, size_t count, double contrast);
Colour colour_lightened(Colour, const Colour *backgrounds, size_t count, double contrast);
/* Whether the portal's text can be read on a page of this colour: at least 4.5:1. */
bool colour_is_readable_page(Colour);

struct palette {
    bool has_primary, has_page;
    Colour primary, page;
};
Colour palette_primary(const struct palette *);   /* the portal's where it has none */
/* The style sheet of a palette: custom properties of static/latchkey.css and nothing else. Empty: a palette without colours. */
Str palette_css(struct arena *, const struct palette *);
Str colour_hex(struct arena *, Colour);           /* "#0a5c36" */

/* What becomes of a palette by day, for who chooses its colours; static/latchkey.js says the same while they choose. */
struct palette_verdict {
    double page, button, link;    /* contrast of the text on the page, of the words on buttons, of links where it is least */
    bool readable;                /* colour_is_readable_page */
    bool white_words, darkened;   /* on buttons; the primary colour is too light for links */
    Colour link_colour;
};
struct palette_verdict palette_judge(const struct palette *);

#endif
