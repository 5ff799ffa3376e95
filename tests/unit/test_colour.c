/* Colours: the formulas of WCAG, and that no colour an operator can choose makes a page unreadable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/colour.h"

#define WHITE ((Colour){255, 255, 255})
#define BLACK ((Colour){0, 0, 0})

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_open(0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static Colour of(const char *text)
{
    Colour colour;
    if (!colour_read(str_of(text), &colour)) fail_msg("no colour: %s", text);
    return colour;
}

/* Every colour of a grid of 18 steps, from 0 to 255 in each part. */
static void each_colour(void (*check)(Colour))
{
    for (int red = 0; red <= 255; red += 15)
        for (int green = 0; green <= 255; green += 15)
            for (int blue = 0; blue <= 255; blue += 15) check((Colour){(uint8_t)red, (uint8_t)green, (uint8_t)blue});
}

static void near(double have, double want, const char *what)
{
    if (fabs(have - want) > 0.005) fail_msg("%s: %.4f, not %.4f", what, have, want);
}

static void at_least(double have, double want, const char *what, Colour colour)
{
    if (have < want) fail_msg("%s of #%02x%02x%02x: %.3f", what, colour.red, colour.green, colour.blue, have);
}

/* ---- formulas ---- */

/* Values of published checkers. */
static void test_contrast(void **state)
{
    static const struct { const char *a, *b; double contrast; } rows[] = {
        {"#000000", "#ffffff", 21}, {"#ffffff", "#ffffff", 1}, {"#777777", "#ffffff", 4.48}, {"#767676", "#ffffff", 4.54},
        {"#ff0000", "#ffffff", 4.00}, {"#00ff00", "#ffffff", 1.37}, {"#0000ff", "#ffffff", 8.59}, {"#0000ff", "#000000", 2.44},
        {"#ffff00", "#ffffff", 1.07}, {"#0b5c66", "#ffffff", 7.67},
    };
    (void)state;
    near(colour_luminance(BLACK), 0, "black");
    near(colour_luminance(WHITE), 1, "white");
    near(colour_luminance(of("#808080")), 0.2159, "grey");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        near(colour_contrast(of(rows[i].a), of(rows[i].b)), rows[i].contrast, rows[i].a);
        near(colour_contrast(of(rows[i].b), of(rows[i].a)), rows[i].contrast, rows[i].a);
    }
}

static void test_only_six_small_digits_are_a_colour(void **state)
{
    static const char *const others[] = {
        "", "#", "red", "#abc", "#0a5c3", "#0a5c366", "0a5c36", "#0A5C36", "#0a5c3g", "#0a5c3 ", " #0a5c36", "#-12345", "#0x1234",
        "#0a5c36;", "red;background:url(//evil)", "}</style>", "expression(1)", "@import", "#\\30 a5c3", "#0a5c3\n",
    };
    Colour colour;
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (colour_read(str_of(others[i]), &colour)) fail_msg("a colour: %s", others[i]);
    assert_false(colour_read(STR_NONE, &colour));
    assert_false(colour_read((Str){"#0a5c3\0", 7}, &colour));
    colour = of("#0a5cff");
    assert_true(colour.red == 10 && colour.green == 92 && colour.blue == 255);
    assert_string_equal(colour_hex(arena, colour).p, "#0a5cff");
}

static void test_mixing(void **state)
{
    (void)state;
    assert_string_equal(colour_hex(arena, colour_mix(of("#102030"), of("#ffffff"), 0)).p, "#102030");
    assert_string_equal(colour_hex(arena, colour_mix(of("#102030"), of("#ffffff"), 100)).p, "#ffffff");
    assert_string_equal(colour_hex(arena, colour_mix(BLACK, WHITE, 50)).p, "#808080");
}

/* ---- every colour ---- */

static void check_text_on(Colour colour)
{
    at_least(colour_contrast(colour, colour_text_on(colour)), 4.5, "its text", colour);
}

static void check_moved(Colour colour)
{
    const Colour light[] = {WHITE, {0xe0, 0xe0, 0xe0}}, dark[] = {{0x16, 0x21, 0x25}, BLACK};
    Colour darker = colour_darkened(colour, light, 2, 4.5), lighter = colour_lightened(colour, dark, 2, 4.5);
    for (size_t i = 0; i < 2; i++) {
        at_least(colour_contrast(darker, light[i]), 4.5, "darkened", colour);
        at_least(colour_contrast(lighter, dark[i]), 4.5, "lightened", colour);
    }
    assert_true(colour_luminance(darker) <= colour_luminance(colour));
    assert_true(colour_luminance(lighter) >= colour_luminance(colour));
    bool fits = colour_contrast(colour, light[0]) >= 4.5 && colour_contrast(colour, light[1]) >= 4.5;
    assert_true(!fits || !memcmp(&darker, &colour, sizeof colour));
}

static void test_text_can_be_read_on_every_colour(void **state)
{
    (void)state;
    each_colour(check_text_on);
}

static void test_as_little_as_needed(void **state)
{
    (void)state;
    each_colour(check_moved);
    const Colour both[] = {BLACK, WHITE};
    assert_string_equal(colour_hex(arena, colour_lightened(of("#123456"), both, 2, 21)).p, "#ffffff");
}

/* ---- style sheets ---- */

/* A property in the part of a style sheet that begins with `scheme`. */
static Colour property(Str css, const char *scheme, const char *name)
{
    char line[40], hex[8] = "";
    const char *part = strstr(css.p, scheme);
    snprintf(line, sizeof line, "--%s: ", name);
    const char *found = part ? strstr(part, line) : NULL;
    if (!found) fail_msg("no %s in %s of\n%s", name, scheme, css.p);
    else memcpy(hex, found + strlen(line), 7);
    return of(hex);
}

static void check_scheme(Str css, const char *scheme, const Colour *backgrounds, size_t count, Colour own)
{
    Colour words = property(css, scheme, "on-primary");
    at_least(colour_contrast(words, property(css, scheme, "primary")), 4.5, "button", own);
    at_least(colour_contrast(words, property(css, scheme, "primary-strong")), 4.5, "button under the pointer", own);
    for (size_t i = 0; i < count; i++) {
        at_least(colour_contrast(property(css, scheme, "link"), backgrounds[i]), 4.5, "link", own);
        at_least(colour_contrast(property(css, scheme, "link-strong"), backgrounds[i]), 4.5, "link under the pointer", own);
    }
}

static void check_primary(Colour primary)
{
    const struct palette palette = {.has_primary = true, .primary = primary};
    const Str css = palette_css(arena, &palette);
    const Colour light[] = {WHITE, {0xf4, 0xf7, 0xf7}, property(css, ": light", "tint")};
    const Colour dark[] = {{0x16, 0x21, 0x25}, {0x0e, 0x16, 0x19}, property(css, ": dark", "tint")};
    check_scheme(css, ": light", light, 3, primary);
    check_scheme(css, ": dark", dark, 3, primary);
    Colour shown = property(css, ": light", "primary");
    assert_memory_equal(&shown, &primary, sizeof primary);
    arena_wipe(arena);
}

static void check_page(Colour page)
{
    const Colour ink = {0x14, 0x24, 0x2a};
    assert_int_equal(colour_is_readable_page(page), colour_contrast(page, ink) >= 4.5 && colour_luminance(page) > colour_luminance(ink));
    if (!colour_is_readable_page(page)) return;
    const struct palette palette = {.has_primary = true, .primary = {255, 204, 0}, .has_page = true, .page = page};
    const Str css = palette_css(arena, &palette);
    check_scheme(css, ": light", &page, 1, page);
    at_least(colour_contrast(property(css, ": light", "quiet"), page), 4.5, "quiet text", page);
    at_least(colour_contrast(property(css, ": light", "focus"), page), 3, "focus", page);
    arena_wipe(arena);
}

static void test_every_primary_colour(void **state)
{
    (void)state;
    each_colour(check_primary);
}

static void test_every_page_colour(void **state)
{
    (void)state;
    each_colour(check_page);
    assert_true(colour_is_readable_page(WHITE));
    assert_true(colour_is_readable_page(of("#909090")));
    assert_false(colour_is_readable_page(of("#6a6a6a")));
    assert_false(colour_is_readable_page(BLACK));
}

static void test_nothing_but_properties(void **state)
{
    struct palette palette = {.has_primary = true, .primary = of("#0a5c36"), .has_page = true, .page = of("#f4f7f5")};
    (void)state;
    Str css = palette_css(arena, &palette);
    assert_null(strstr(css.p, "url"));
    assert_null(strstr(css.p, "<"));
    for (Str rest = css; rest.n;) {
        Str line = str_trim(str_cut(&rest, '\n'));
        bool frame = str_starts(line, STR("@media ")) || str_starts(line, STR(":root {")) || str_is(line, "}") || !line.n;
        if (!frame && (!str_starts(line, STR("--")) || !str_ends(line, STR(";")))) fail_msg("%.*s", STR_ARGS(line));
    }
    assert_null(strstr(strstr(css.p, ": dark"), "--page"));
    palette.has_primary = false;
    assert_null(strstr(palette_css(arena, &palette).p, ": dark"));
    palette.has_page = false;
    assert_int_equal(palette_css(arena, &palette).n, 0);
}

/* The constants of palette.c are those of the style sheet that it goes with. */
static void test_the_style_sheet_has_these_colours(void **state)
{
    static const char *const light[] = {"--ink: #14242a;", "--quiet: #4a5e65;", "--focus: #1b5fd1;", "--primary: #0b5c66;",
        "--page: #f4f7f7;", "--surface: #fff;"};
    static char text[100000];
    (void)state;
    FILE *file = fopen("static/latchkey.css", "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    char *dark = strstr(text, "@media (prefers-color-scheme: dark)");
    assert_non_null(dark);
    assert_non_null(strstr(dark, "--surface: #162125;"));
    assert_non_null(strstr(dark, "--page: #0e1619;"));
    *dark = '\0';
    for (size_t i = 0; i < sizeof light / sizeof *light; i++)
        if (!strstr(text, light[i])) fail_msg("not in the style sheet: %s", light[i]);
}

#define COLOUR_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COLOUR_TEST(test_contrast), COLOUR_TEST(test_only_six_small_digits_are_a_colour), COLOUR_TEST(test_mixing),
        COLOUR_TEST(test_text_can_be_read_on_every_colour), COLOUR_TEST(test_as_little_as_needed),
        COLOUR_TEST(test_every_primary_colour), COLOUR_TEST(test_every_page_colour), COLOUR_TEST(test_nothing_but_properties),
        COLOUR_TEST(test_the_style_sheet_has_these_colours),
    };
    return cmocka_run_group_tests_name("colours", tests, NULL, NULL);
}
