/* Picture files for tests, honest and hostile, made by the libraries or byte by byte. Everything lives in the arena. */
#ifndef LATCHKEY_TEST_PICTURE_FILES_H
#define LATCHKEY_TEST_PICTURE_FILES_H

#include "base/arena.h"

/* Width times height in four colours, one a quarter: red, green, blue, white from the left above. */
Str file_png(struct arena *, uint32_t width, uint32_t height);
Str file_jpeg(struct arena *, uint32_t width, uint32_t height, int components, bool progressive);   /* 1 grey, 3 colours, 4 CMYK */
Str file_webp(struct arena *, uint32_t width, uint32_t height, bool lossless);
/* Of one colour; `frames` times. */
Str file_gif(struct arena *, uint32_t width, uint32_t height, size_t frames, bool interlaced);

/* A PNG of its parts: any header, chunks before the pixels, and what the pixels are packed from. */
struct png_parts {
    uint32_t width, height;
    int depth, colour, interlace;
    Str chunks, pixels;
};
Str file_png_of(struct arena *, const struct png_parts *);
Str png_chunk(struct arena *, const char *type, Str body);
Str packed_zeroes(struct arena *, size_t bytes);               /* zlib: thousands of times smaller */
/* Behind the PNG's header, or behind the JPEG's first two bytes. */
Str with_chunk(struct arena *, Str png, Str chunk);
Str with_segment(struct arena *, Str jpeg, int marker, Str body);
/* A chunk behind all others of a WebP, made extended if it is not. */
Str webp_with(struct arena *, Str webp, uint32_t width, uint32_t height, int flags, Str chunks);
Str riff_chunk(struct arena *, const char *type, Str body);
/* EXIF with that orientation, and a place on earth: the bytes "GPS-SECRET". */
Str exif_of(struct arena *, int orientation, bool big);
/* `bytes` at an offset. */
Str patched(struct arena *, Str file, size_t at, Str bytes);

/* A PNG of ours again: 0xAARRGGBB. */
uint32_t *png_pixels(struct arena *, Str file, uint32_t *width, uint32_t *height);

#endif
