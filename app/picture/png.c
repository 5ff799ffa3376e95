/* The one door to libpng. */
#include <png.h>

#include "picture/raster.h"

enum { CHUNKS_KEPT = 64, CHUNK_BYTES = 1024 * 1024, ABOVE_PALETTE = 8, SIXTEEN = 16 };

struct reading {
    Str rest;                     /* of the file */
};

static void take(png_structp png, png_bytep into, size_t n)
{
    struct reading *reading = png_get_io_ptr(png);
    if (n > reading->rest.n) png_error(png, "cut off");
    memcpy(into, reading->rest.p, n);
    reading->rest = str_after(reading->rest, n);
}

static void say_nothing(png_structp png, png_const_charp words)
{
    (void)png;
    (void)words;
}

/* What is not needed for the pixels is not even unpacked: it could hold thousands of times its size. */
static void ignore_others(png_structp png)
{
    static const png_byte ignored[] = "iCCP\0iTXt\0tEXt\0zTXt\0eXIf\0sPLT\0hIST\0tIME\0pHYs\0bKGD\0sCAL\0pCAL\0oFFs";
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, ignored, (int)(sizeof ignored / 5));
    png_set_chunk_cache_max(png, CHUNKS_KEPT);
    png_set_chunk_malloc_max(png, CHUNK_BYTES);
    png_set_user_limits(png, PICTURE_SIDE_MAX, PICTURE_SIDE_MAX);
}

/* Whatever is stored, four bytes a pixel come out. */
static void set_transforms(png_structp png, png_infop info)
{
    int type = png_get_color_type(png, info);
    png_set_expand(png);
    if (png_get_bit_depth(png, info) == SIXTEEN) png_set_scale_16(png);
    if (!(type & PNG_COLOR_MASK_COLOR)) png_set_gray_to_rgb(png);
    png_set_bgr(png);
    png_set_add_alpha(png, 0xff, PNG_FILLER_AFTER);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
}

static enum picture_fault read_pixels(struct decoding *decoding, png_structp png, png_infop info)
{
    uint32_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
    png_bytep *rows = ARENA_ARRAY(decoding->arena, png_bytep, height);
    set_transforms(png, info);
    if (png_get_rowbytes(png, info) != (size_t)width * 4) return PICTURE_BROKEN;
    raster_make(decoding->arena, &decoding->raster, width, height);
    for (uint32_t y = 0; y < height; y++) rows[y] = (png_bytep)(decoding->raster.pixels + (size_t)y * width);
    png_read_image(png, rows);
    return PICTURE_FINE;
}

static enum picture_fault read_all(struct decoding *decoding, struct reading *reading, png_structp png, png_infop info)
{
    if (!png || !info) return PICTURE_TOO_HARD;
    if (setjmp(png_jmpbuf(png))) return PICTURE_BROKEN;
    png_set_read_fn(png, reading, take);
    ignore_others(png);
    png_read_info(png, info);
    if (png_get_image_width(png, info) != decoding->facts.width || png_get_image_height(png, info) != decoding->facts.height)
        return PICTURE_BROKEN;
    return read_pixels(decoding, png, info);
}

enum picture_fault png_decode(struct decoding *decoding)
{
    struct reading *reading = ARENA_NEW(decoding->arena, struct reading);
    reading->rest = decoding->file;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, say_nothing);
    return read_all(decoding, reading, png, png ? png_create_info_struct(png) : NULL);
}

bool png_encode(const struct raster *raster, unsigned char *into, size_t room, size_t *n)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .width = raster->width, .height = raster->height, .format = PNG_FORMAT_BGRA};
    png_alloc_size_t bytes = room;
    if (!png_image_write_to_memory(&image, into, &bytes, 0, raster->pixels, 0, NULL)) return false;
    *n = bytes;
    return true;
}
