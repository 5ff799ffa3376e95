#include "picture/raster.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "libraries fill pixels as bytes: blue, green, red, alpha");

void raster_make(struct arena *arena, struct raster *raster, uint32_t width, uint32_t height)
{
    *raster = (struct raster){ARENA_ARRAY(arena, uint32_t, (size_t)width * height), width, height};
}

/* Orientations 5 to 8 are stored with rows for columns; then some from right to left, some from the bottom up. */
static bool is_swapped(int orientation)
{
    return orientation >= 5;
}

static bool is_from_right(int orientation)
{
    return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
}

static bool is_from_bottom(int orientation)
{
    return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
}

struct square square_stored(struct square upright, const struct picture_facts *facts)
{
    struct square stored = upright;
    if (is_swapped(facts->orientation)) stored = (struct square){upright.y, upright.x, upright.side};
    if (is_from_right(facts->orientation)) stored.x = facts->width - stored.x - stored.side;
    if (is_from_bottom(facts->orientation)) stored.y = facts->height - stored.y - stored.side;
    return stored;
}

void raster_turn(struct arena *arena, struct raster *square, int orientation)
{
    struct raster out;
    uint32_t side = square->width;
    if (orientation == 1) return;
    raster_make(arena, &out, side, side);
    for (uint32_t v = 0; v < side; v++)
        for (uint32_t u = 0; u < side; u++) {
            uint32_t x = is_swapped(orientation) ? v : u, y = is_swapped(orientation) ? u : v;
            if (is_from_right(orientation)) x = side - 1 - x;
            if (is_from_bottom(orientation)) y = side - 1 - y;
            out.pixels[(size_t)v * side + u] = square->pixels[(size_t)y * side + x];
        }
    *square = out;
}
