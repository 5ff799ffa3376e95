/* Inside the sandbox: pixels, and who fills them. Each of the four kinds has one door to its library. */
#ifndef LATCHKEY_RASTER_H
#define LATCHKEY_RASTER_H

#include "picture/kind.h"
#include "picture/picture.h"

struct raster {
    uint32_t *pixels;             /* 0xAARRGGBB, not premultiplied, row after row without gaps */
    uint32_t width, height;
};

struct square {
    uint32_t x, y, side;
};

struct decoding {
    struct arena *arena;          /* ends the work when memory is out */
    Str file;
    struct picture_facts facts;   /* what the file says; a library that finds something else means PICTURE_BROKEN */
    uint32_t enough;              /* pixels that a side of the square needs, not more */
    struct square square;         /* of the stored picture; a decoder that makes a smaller picture makes it smaller, too */
    struct raster raster;
};

enum picture_fault jpeg_decode(struct decoding *);
enum picture_fault png_decode(struct decoding *);
enum picture_fault webp_decode(struct decoding *);
enum picture_fault gif_decode(struct decoding *);

void raster_make(struct arena *, struct raster *, uint32_t width, uint32_t height);   /* all transparent */
/* The square of `from`, with so many pixels a side; may change what it reads. */
MUST_USE bool webp_scale(struct arena *, const struct raster *from, struct square, uint32_t side, struct raster *out);
/* At most `room` bytes. False: they do not do. */
MUST_USE bool webp_encode(const struct raster *, unsigned char *into, size_t room, size_t *n);
MUST_USE bool png_encode(const struct raster *, unsigned char *into, size_t room, size_t *n);

/* Between the upright picture, which people see, and the stored one. */
struct square square_stored(struct square upright, const struct picture_facts *);
void raster_turn(struct arena *, struct raster *square, int orientation);

#endif
