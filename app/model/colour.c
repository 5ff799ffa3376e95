#include "model/colour.h"

#include <math.h>

#define BLACK ((Colour){0, 0, 0})
#define WHITE ((Colour){255, 255, 255})

static int digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool colour_read(Str text, Colour *out)
{
    uint8_t part[3];
    if (text.n != 7 || text.p[0] != '#') return false;
    for (size_t i = 0; i < 3; i++) {
        int high = digit(text.p[1 + 2 * i]), low = digit(text.p[2 + 2 * i]);
        if (high < 0 || low < 0) return false;
        part[i] = (uint8_t)(high * 16 + low);
    }
    *out = (Colour){part[0], part[1], part[2]};
    return true;
}

Str colour_hex(struct arena *arena, Colour colour)
{
    return arena_print(arena, "#%02x%02x%02x", colour.red, colour.green, colour.blue);
}

static double linear(uint8_t part)
{
    double share = part / 255.0;
    return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4);
}

double colour_luminance(Colour colour)
{
    return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

double colour_contrast(Colour a, Colour b)
{
    double one = colour_luminance(a) + 0.05, other = colour_luminance(b) + 0.05;
    return one > other ? one / other : other / one;
}

Colour colour_text_on(Colour background)
{
    return colour_contrast(background, WHITE) >= colour_contrast(background, BLACK) ? WHITE : BLACK;
}

static uint8_t mix(uint8_t from, uint8_t to, int per_cent)
{
    return (uint8_t)((from * (100 - per_cent) + to * per_cent + 50) / 100);
}

Colour colour_mix(Colour from, Colour to, int per_cent)
{
    return (Colour){mix(from.red, to.red, per_cent), mix(from.green, to.green, per_cent), mix(from.blue, to.blue, per_cent)};
}

static bool stands_out(Colour colour, const Colour *backgrounds, size_t count, double contrast)
{
    for (size_t i = 0; i < count; i++)
        if (colour_contrast(colour, backgrounds[i]) < contrast) return false;
    return true;
}

static Colour moved(Colour colour, Colour towards, const Colour *backgrounds, size_t count, double contrast)
{
    for (int per_cent = 0; per_cent < 100; per_cent++) {
        Colour tried = colour_mix(colour, towards, per_cent);
        if (stands_out(tried, backgrounds, count, contrast)) return tried;
    }
    return towards;
}

Colour colour_darkened(Colour colour, const Colour *backgrounds, size_t count, double contrast)
{
    return moved(colour, BLACK, backgrounds, count, contrast);
}

Colour colour_lightened(Colour colour, const Colour *backgrounds, size_t count, double contrast)
{
    return moved(colour, WHITE, backgrounds, count, contrast);
}
