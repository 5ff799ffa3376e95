/* What static/latchkey.css has by itself, and what becomes of it under an organization's colours. */
#include "model/colour.h"

#include <math.h>

#define TEXT_CONTRAST 4.5
#define MARK_CONTRAST 3.0         /* of what is not text */

static const Colour ink = {0x14, 0x24, 0x2a}, quiet = {0x4a, 0x5e, 0x65}, focus = {0x1b, 0x5f, 0xd1};
static const Colour preset_primary = {0x0b, 0x5c, 0x66}, preset_page = {0xf4, 0xf7, 0xf7};
static const Colour light_surface = {0xff, 0xff, 0xff}, dark_surface = {0x16, 0x21, 0x25};

bool colour_is_readable_page(Colour page)
{
    return colour_luminance(page) > colour_luminance(ink) && colour_contrast(page, ink) >= TEXT_CONTRAST;
}

Colour palette_primary(const struct palette *palette)
{
    return palette->has_primary ? palette->primary : preset_primary;
}

static void set(struct text *css, const char *property, Colour colour)
{
    text_print(css, "        --%s: #%02x%02x%02x;\n", property, colour.red, colour.green, colour.blue);
}

/* A button under the pointer goes away from the colour of its words, so that they stay as readable. */
static void set_button(struct text *css, Colour primary)
{
    Colour words = colour_text_on(primary), away = words.red ? (Colour){0, 0, 0} : (Colour){255, 255, 255};
    set(css, "primary", primary);
    set(css, "primary-strong", colour_mix(primary, away, 25));
    set(css, "on-primary", words);
}

/* What stands behind links and text by day. */
struct grounds {
    Colour list[3];
};

static struct grounds light_grounds(const struct palette *palette)
{
    Colour page = palette->has_page ? palette->page : preset_page;
    return (struct grounds){{light_surface, page, colour_mix(light_surface, palette_primary(palette), 10)}};
}

struct palette_verdict palette_judge(const struct palette *palette)
{
    struct grounds grounds = light_grounds(palette);
    Colour primary = palette_primary(palette), words = colour_text_on(primary), page = grounds.list[1];
    Colour link = colour_darkened(primary, grounds.list, 3, TEXT_CONTRAST);
    struct palette_verdict verdict = {
        .page = colour_contrast(page, ink), .button = colour_contrast(primary, words), .link = colour_contrast(link, light_surface),
        .readable = colour_is_readable_page(page), .white_words = words.red != 0, .link_colour = link,
        .darkened = link.red != primary.red || link.green != primary.green || link.blue != primary.blue,
    };
    for (size_t i = 1; i < 3; i++) verdict.link = fmin(verdict.link, colour_contrast(link, grounds.list[i]));
    return verdict;
}

static void set_light(struct text *css, const struct palette *palette)
{
    struct grounds grounds = light_grounds(palette);
    const Colour *backgrounds = grounds.list;
    Colour primary = palette_primary(palette), page = backgrounds[1], tint = backgrounds[2];
    Colour link = colour_darkened(primary, backgrounds, 3, TEXT_CONTRAST);
    set_button(css, primary);
    set(css, "tint", tint);
    set(css, "link", link);
    set(css, "link-strong", colour_mix(link, (Colour){0, 0, 0}, 25));
    set(css, "page", page);
    set(css, "quiet", colour_darkened(quiet, backgrounds, 3, TEXT_CONTRAST));
    set(css, "focus", colour_darkened(focus, backgrounds, 3, MARK_CONTRAST));
}

/* A page of the dark scheme is dark, whatever colour it has by day. */
static void set_dark(struct text *css, const struct palette *palette)
{
    Colour tint = colour_mix(dark_surface, palette->primary, 15);
    const Colour backgrounds[] = {dark_surface, tint};
    Colour primary = colour_lightened(palette->primary, backgrounds, 2, TEXT_CONTRAST);
    set_button(css, primary);
    set(css, "tint", tint);
    set(css, "link", primary);
    set(css, "link-strong", colour_mix(primary, (Colour){255, 255, 255}, 25));
}

/* On paper, and for people who ask for more contrast, the portal's own rules stay as they are. */
Str palette_css(struct arena *arena, const struct palette *palette)
{
    struct text css = {.arena = arena};
    if (!palette->has_primary && !palette->has_page) return STR("");
    text_add(&css, STR("@media screen and (prefers-color-scheme: light) {\n    :root {\n"));
    set_light(&css, palette);
    text_add(&css, STR("    }\n}\n"));
    if (palette->has_primary) {
        text_add(&css, STR("@media screen and (prefers-color-scheme: dark) {\n    :root {\n"));
        set_dark(&css, palette);
        text_add(&css, STR("    }\n}\n"));
    }
    text_add(&css, STR("@media (prefers-contrast: more) {\n    :root { --quiet: var(--ink); }\n}\n"));
    return text_str(&css);
}
